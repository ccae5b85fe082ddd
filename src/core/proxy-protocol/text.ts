// Version 1, for people: `PROXY TCP4 192.0.2.7 198.51.100.1 56324 25` and CR LF.

import { type IpAddress, parseIp } from "../mail/ip.ts";
import { bad, good } from "../result.ts";
import type { ParsedHeader } from "./header.ts";

const beginning = "PROXY ";

/** Octets of the longest line, its CR LF included: the specification's own count (§2.1). */
const longest = 107;

const lineFeed = 10;

/** Whether octets begin as such a header does, as far as they go. */
export function beginsAsText(octets: Uint8Array): boolean {
  return latin1(octets.subarray(0, beginning.length)) === beginning.slice(0, octets.length);
}

export function parseTextHeader(octets: Uint8Array): ParsedHeader {
  const end = octets.subarray(0, longest).indexOf(lineFeed);
  if (end === -1) {
    return octets.length < longest ? undefined : bad("its PROXY line is longer than 107 octets");
  }
  const line = latin1(octets.subarray(0, end + 1));
  const words = /^PROXY (?<rest>[ -~]+)\r\n$/.exec(line)?.groups?.["rest"];
  // What stands behind UNKNOWN is to be ignored.
  if (words !== undefined && /^UNKNOWN(?: |$)/.test(words)) {
    return good({ source: undefined, length: end + 1 });
  }
  const source = readSource(words ?? "");
  return source === undefined
    ? bad("its PROXY line is malformed")
    : good({ source, length: end + 1 });
}

const connection = /^TCP(?<version>[46]) (?<from>\S+) (?<to>\S+) (?<fromPort>\S+) (?<toPort>\S+)$/;

function readSource(words: string): IpAddress | undefined {
  const {
    version,
    from = "",
    to = "",
    fromPort = "",
    toPort = "",
  } = connection.exec(words)?.groups ?? {};
  if (!isPort(fromPort) || !isPort(toPort)) return undefined;
  // An IPv4 address that is written as IPv6 is the client's IPv4 address, as everywhere.
  const isWritten = (text: string) => text.includes(":") === (version === "6");
  if (!isWritten(from) || !isWritten(to) || parseIp(to) === undefined) return undefined;
  return parseIp(from);
}

function isPort(text: string): boolean {
  return /^(0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65_535;
}

/** Octets as characters, one by one: what is no ASCII is no part of a header. */
function latin1(octets: Uint8Array): string {
  return String.fromCharCode(...octets);
}
