// The names under which a list is asked (RFC 5782 §2.1 and §2.4).

import type { Domain } from "../mail/domain.ts";
import type { IpAddress } from "../mail/ip.ts";

/** Where a list says what it knows of a client: `9.2.0.192.zen.example` for 192.0.2.9; for IPv6 the 32
 * nibbles backwards. */
export function queryName({ version, octets }: IpAddress, zone: Domain): Domain {
  const labels = version === 4 ? octets.map(String) : octets.flatMap(nibbles);
  return `${labels.toReversed().join(".")}.${zone}`;
}

function nibbles(octet: number): readonly string[] {
  return [(octet >> 4).toString(16), (octet & 0xf).toString(16)];
}
