// Address space that is not the Internet's at large.

import { parsePrefix, type Prefix, prefixContains } from "../../mail/ip.ts";
import { spaceOf } from "./space.ts";

function prefixes(...texts: readonly string[]): readonly Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

/** RFC 1918, 6598, 1122, 3927, 4193, 4291: nobody reaches us from these through the Internet. */
const privatePrefixes = prefixes(
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
);

export const privateSpace = spaceOf(privatePrefixes);

/** Space from which no public host sends (RFC 6890): this network, examples, benchmarks, multicast,
 * reserved; and all of IPv6 beside 2000::/3, from which public addresses come. */
export const reservedSpace = spaceOf(
  prefixes(
    "0.0.0.0/8",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/3",
    "2001:db8::/32",
    "4000::/2",
    "8000::/1",
  ),
);

/** Whether all of the prefix is private. */
export function isPrivate(prefix: Prefix): boolean {
  return privatePrefixes.some((space) => lies(prefix, space));
}

/** The widest public networks that one owner may plausibly vouch for, in bits that count. */
const widest = { 4: 16, 6: 32 } as const;

/** IPv6 space in which the last 32 bits are anybody's IPv4 address: NAT64 (RFC 6052), Teredo
 * (RFC 4380). */
const translated = prefixes("64:ff9b::/96", "2001::/32");

/** The least length of a public prefix here that needs no acknowledgement. */
export function widestPublic(prefix: Prefix): number {
  const usual = widest[prefix.address.version];
  const isTranslated = translated.some(
    (space) => lies(prefix, space) || (prefix.length >= usual && lies(space, prefix)),
  );
  return isTranslated ? 96 + widest[4] : usual;
}

function lies(prefix: Prefix, space: Prefix): boolean {
  return space.length <= prefix.length && prefixContains(space, prefix.address);
}
