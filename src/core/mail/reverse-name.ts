import type { Domain } from "./domain.ts";
import type { IpAddress } from "./ip.ts";

/** The name under which the DNS keeps an address's own names (RFC 1035 §3.5, RFC 3596 §2.5). */
export function reverseName({ version, octets }: IpAddress): Domain {
  if (version === 4) return `${octets.toReversed().join(".")}.in-addr.arpa`;
  const digits = octets.flatMap((octet) => [octet >> 4, octet & 0xf]);
  return `${digits
    .toReversed()
    .map((digit) => digit.toString(16))
    .join(".")}.ip6.arpa`;
}
