// What this machine lets one suppose, for whoever would rather press Enter.

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { hostname as systemHostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CertificateFiles, Listening } from "../../core/first-run/answers.ts";
import {
  findNeighbours,
  type InterfaceAddress,
  type Neighbours,
} from "../../core/first-run/neighbours.ts";
import { type Domain, parseDomain } from "../../core/mail/domain.ts";
import { type Prefix, parseIp, prefixAround } from "../../core/mail/ip.ts";
import { hostSurroundings, readSurroundings } from "../../io/net/surroundings.ts";
import { withRightsOf } from "../../io/process/privileges.ts";
import { readKeyPair } from "../../io/tls/key-pair.ts";
import { findUser } from "../../io/process/user.ts";

export interface Suggestions {
  /** Loopback; nothing in a container, where strangers may come from there. */
  readonly itself: readonly Prefix[];
  /** Private networks that this machine has an address in, each as wide as there. */
  readonly neighbours: readonly Neighbours[];
  /** Where root's files go, or `.`. */
  readonly directory: string;
  readonly data: string;
  readonly user: string | undefined;
  readonly listening: Listening;
}

/** Who may not listen on ports below 1024 gets these on top. */
const offsetWithoutRoot = 2_000;
const usualUser = "bailiwick";

export async function suggest(): Promise<Suggestions> {
  const isRoot = process.geteuid?.() === 0;
  const surroundings = await readSurroundings(hostSurroundings);
  return {
    itself: surroundings.inContainer ? [] : loopback(),
    neighbours: findNeighbours(interfaceAddresses(), surroundings),
    directory: isRoot ? "/etc/bailiwick" : ".",
    data: isRoot ? "/var/lib/bailiwick" : "data",
    user: isRoot && hasUser(usualUser) ? usualUser : undefined,
    listening: {
      addresses: hasIpv6() ? ["0.0.0.0", "::"] : ["0.0.0.0"],
      offset: isRoot ? 0 : offsetWithoutRoot,
    },
  };
}

/** A full name of this machine, where it has one. May ask the DNS, for two seconds at most. */
export async function findFullName(): Promise<Domain | undefined> {
  const names = [systemHostname(), await askHostname()];
  return names
    .flatMap((name) => parseDomain(name) ?? [])
    .find((name) => name.includes(".") && !name.endsWith(".localdomain"));
}

/** The system knows by /etc/hosts or the DNS what it has no other call for. */
async function askHostname(): Promise<string> {
  const env = { PATH: "/usr/bin:/bin" };
  const said = promisify(execFile)("hostname", ["-f"], { env, timeout: 2_000 });
  return said.then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
}

function loopback(): readonly Prefix[] {
  return ["127.0.0.1", ...(hasIpv6() ? ["::1"] : [])].flatMap((text) => {
    const address = parseIp(text);
    return address === undefined ? [] : [prefixAround(address, address.octets.length * 8)];
  });
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses = []) =>
    addresses.some(({ family }) => family === "IPv6"),
  );
}

function interfaceAddresses(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([device, addresses = []]) =>
    addresses.map(({ cidr }) => ({ device, cidr })),
  );
}

function hasUser(name: string): boolean {
  try {
    return findUser(name).userId !== 0;
  } catch {
    return false;
  }
}

export interface Certbots {
  readonly files: CertificateFiles;
  /** Whether the user that the server will be may read them: they are root's by default. */
  readonly isReadable: boolean;
}

/** What certbot has for the name, where it has anything. */
export async function findCertbot(
  hostname: Domain,
  user: string | undefined,
  live = "/etc/letsencrypt/live",
): Promise<Certbots | undefined> {
  const files = {
    certificate: join(live, hostname, "fullchain.pem"),
    key: join(live, hostname, "privkey.pem"),
  };
  const found = await Promise.all(Object.values(files).map((path) => stat(path).catch(() => null)));
  if (found.includes(null)) return undefined;
  const read = () => readKeyPair(files, undefined);
  const pair = await (user === undefined ? read() : withRightsOf(user, read));
  return { files, isReadable: pair.ok };
}
