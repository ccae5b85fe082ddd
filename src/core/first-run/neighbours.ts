// Which networks might be let in without a login: those that this machine is in, and no wider.

import { isLoopback, parseIp, type Prefix, prefixAround } from "../mail/ip.ts";
import type { Surroundings } from "../policy/proof/policy.ts";
import { isPrivate } from "../policy/proof/special-space.ts";

export interface InterfaceAddress {
  readonly device: string;
  /** `192.168.1.7/24`; null where the system does not tell. */
  readonly cidr: string | null;
}

export interface Neighbours {
  readonly prefix: Prefix;
  readonly device: string;
}

/** Private ones alone, each once, without those in which strangers may seem to come from a gateway: none
 * in a container, and no network of containers. */
export function findNeighbours(
  addresses: readonly InterfaceAddress[],
  { gateways, inContainer }: Surroundings,
): readonly Neighbours[] {
  if (inContainer) return [];
  const bridges = new Set(
    gateways.filter(({ kind }) => kind === "bridge").map(({ device }) => device),
  );
  return addresses
    .filter(({ device }) => !bridges.has(device))
    .flatMap(({ device, cidr }) => {
      const prefix = networkOf(cidr);
      return prefix === undefined ? [] : [{ prefix, device }];
    });
}

/** Undefined where it is public, or of no use. */
function networkOf(cidr: string | null): Prefix | undefined {
  const [text = "", length = ""] = (cidr ?? "").split("/");
  const address = parseIp(text);
  if (address === undefined || !/^\d{1,3}$/.test(length) || isLoopback(address)) return undefined;
  if (/^fe80:/i.test(text) || text.startsWith("169.254.")) return undefined;
  const prefix = prefixAround(address, Number(length));
  return isPrivate(prefix) ? prefix : undefined;
}
