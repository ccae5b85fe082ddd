// The names and addresses of this server.

import { hostname as systemHostname, networkInterfaces } from "node:os";
import type { Settings } from "../../core/config/settings.ts";
import { formatIp, parseIp } from "../../core/mail/ip.ts";

/** What mail must not be sent to, lest it come back. */
export interface Ourselves {
  readonly ownNames: ReadonlySet<string>;
  readonly ownAddresses: ReadonlySet<string>;
}

/** A listener on all addresses is at each address of this machine. */
export function findOurselves({ hostname, listeners }: Settings): Ourselves {
  const listen = listeners.flatMap((listener) => listener.listen);
  const addresses = listen.flatMap(({ host }) => {
    const version = { "0.0.0.0": "IPv4", "::": "IPv6" }[host];
    return version === undefined ? [host] : machineAddresses(version);
  });
  return {
    ownNames: new Set([hostname, systemHostname().toLowerCase()]),
    ownAddresses: new Set(addresses.map(canonical)),
  };
}

function machineAddresses(family: string): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter((address) => address.family === family)
    .map(({ address }) => address);
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(ip);
}
