// Version 2, for programs: a signature, version and command, family, length, addresses, and further
// fields (TLV), which say nothing about who may relay and are skipped.

import { type IpAddress, ipv6FromOctets } from "../mail/ip.ts";
import { bad, good } from "../result.ts";
import type { ParsedHeader } from "./header.ts";

/** CR LF CR LF NUL CR LF QUIT LF */
const signature = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10] as const;

const fixedLength = 16;

/** Octets behind the fixed part. The field could say 65,535; no proxy has so much to tell. */
const longest = 4_096;

/** Whether octets begin as such a header does, as far as they go. */
export function beginsAsBinary(octets: Uint8Array): boolean {
  return signature.every((octet, index) => index >= octets.length || octets[index] === octet);
}

export function parseBinaryHeader(octets: Uint8Array): ParsedHeader {
  const [command = 0x20, family = 0] = octets.subarray(12, 14);
  if (command >> 4 !== 2) return bad(`its PROXY header is of version ${command >> 4}`);
  if (octets.length < fixedLength) return undefined;
  const rest = ((octets[14] ?? 0) << 8) | (octets[15] ?? 0);
  if (rest > longest)
    return bad(`its PROXY header is of ${rest} octets, and the limit is ${longest}`);
  const length = fixedLength + rest;
  if (octets.length < length) return undefined;
  const addresses = octets.subarray(fixedLength, length);
  switch (command & 0x0f) {
    case 0: // LOCAL: the proxy's own connection, whatever else is said
      return good({ source: undefined, length });
    case 1:
      return readProxied(family, addresses, length);
    default:
      return bad("its PROXY header has an unknown command");
  }
}

/** What goes on in a family and its transport: octets of one address, and of all that must be there.
 * Datagrams cannot have become this connection: their source is not the client's. */
const families: Readonly<Record<number, { readonly source: number; readonly all: number }>> = {
  0x00: { source: 0, all: 0 }, // unspecified
  0x11: { source: 4, all: 12 }, // TCP over IPv4
  0x12: { source: 0, all: 12 }, // UDP over IPv4
  0x21: { source: 16, all: 36 }, // TCP over IPv6
  0x22: { source: 0, all: 36 }, // UDP over IPv6
  0x31: { source: 0, all: 216 }, // Unix sockets
  0x32: { source: 0, all: 216 },
};

function readProxied(family: number, octets: Uint8Array, length: number): ParsedHeader {
  const sizes = families[family];
  if (sizes === undefined) return bad("its PROXY header has an unknown address family");
  if (octets.length < sizes.all) return bad("its PROXY header is too short for its addresses");
  return good({ source: readAddress([...octets.subarray(0, sizes.source)]), length });
}

function readAddress(octets: readonly number[]): IpAddress | undefined {
  switch (octets.length) {
    case 4:
      return { version: 4, octets };
    case 16:
      return ipv6FromOctets(octets);
    default:
      return undefined;
  }
}
