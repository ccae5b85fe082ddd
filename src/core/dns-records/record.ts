// Records as a zone file has them (RFC 1035 §5).

import type { Domain } from "../mail/domain.ts";

/** Names in lower case, without a dot at the end; `.` as a target: none. */
export type DnsRecord = { readonly name: string } & (
  | { readonly type: "A" | "AAAA"; readonly address: string }
  | { readonly type: "MX"; readonly preference: number; readonly host: Domain }
  | { readonly type: "PTR"; readonly host: Domain }
  | { readonly type: "TXT"; readonly text: string }
  | ({ readonly type: "SRV" } & ServiceData)
  | ({ readonly type: "TLSA" } & TlsaData)
);

/** RFC 2782. */
export interface ServiceData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** RFC 6698 §2.1. */
export interface TlsaData {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  /** In hex, small letters. */
  readonly data: string;
}

/** Seconds for which others may remember the record: short enough to mend a mistake on the same day. */
const lifetime = 3600;

/** One line of a zone file, without its end. */
export function formatRecord(record: DnsRecord): string {
  return `${absolute(record.name)} ${lifetime} IN ${record.type} ${formatData(record)}`;
}

/** What stands behind the type. */
export function formatData(record: DnsRecord): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.address;
    case "MX":
      return `${record.preference} ${absolute(record.host)}`;
    case "PTR":
      return absolute(record.host);
    case "TXT":
      return formatText(record.text);
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${absolute(record.target)}`;
    case "TLSA":
      return `${record.usage} ${record.selector} ${record.matching} ${record.data}`;
  }
}

function absolute(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

/** Octets that one string of a TXT record holds (RFC 1035 §3.3). */
const longestString = 255;

/** As many strings as it takes, in quotes; readers join them without anything in between. */
function formatText(text: string): string {
  const octets = new TextEncoder().encode(text);
  const strings: string[] = [];
  for (let at = 0; at === 0 || at < octets.length; at += longestString) {
    strings.push(`"${Array.from(octets.subarray(at, at + longestString), formatOctet).join("")}"`);
  }
  return strings.join(" ");
}

function formatOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  if (character === '"' || character === "\\") return `\\${character}`;
  return octet < 32 || octet > 126 ? `\\${String(octet).padStart(3, "0")}` : character;
}
