// The networks of `relay.networks`. What is never right is refused here, in a single value already;
// that the policy as a whole serves no stranger is for the policy's own proof.

import {
  formatPrefix,
  networkAddress,
  parseIp,
  parsePrefix,
  type Prefix,
  prefixContains,
} from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";

/** What to write, for messages. */
export const networkExpected =
  'an IP address or a network, such as "192.0.2.7", "192.0.2.0/24" or "2001:db8::/48"';

/** The widest public network that one owner may plausibly vouch for, in bits that count. */
const widestPublic = { 4: 16, 6: 32 } as const;

/** RFC 1918, 6598, 1122, 3927, 4193, 4291: nobody reaches us from these through the Internet. */
const privateSpace: readonly Prefix[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
].flatMap((text) => parsePrefix(text) ?? []);

/** A network that may relay, or why it may not be one. */
export function readNetwork(text: string): Result<Prefix, string> {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return bad(adviseOnPrefix(text, networkExpected));
  return isTooWide(prefix) ? bad(explainWidth(prefix)) : good(prefix);
}

function isTooWide({ address, length }: Prefix): boolean {
  const isPrivate = privateSpace.some(
    (space) => space.length <= length && prefixContains(space, address),
  );
  return !isPrivate && length < widestPublic[address.version];
}

function explainWidth(prefix: Prefix): string {
  const widest = widestPublic[prefix.address.version];
  return (
    `${formatPrefix(prefix)} would let ${describeExtent(prefix)} send mail to anyone through this ` +
    `host; list only the networks that are yours, each no wider than /${widest}`
  );
}

function describeExtent({ address: { version }, length }: Prefix): string {
  if (length === 0) return `every IPv${version} address in the world`;
  if (version === 4) return `${grouped(2 ** (32 - length))} addresses`;
  return `${grouped(2 ** (32 - length))} networks of a whole provider's size (/32)`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** What is wrong with a text that should be a prefix. */
export function adviseOnPrefix(text: string, expected: string): string {
  const [addressText = "", lengthText = ""] = text.split("/");
  const address = parseIp(addressText);
  if (address === undefined || !/^[0-9]{1,3}$/.test(lengthText)) return unfit(text, expected);
  const isMapped = address.version === 4 && addressText.includes(":");
  const length = isMapped ? Number(lengthText) - 96 : Number(lengthText);
  const bits = address.octets.length * 8;
  if (length < 0 || length > bits) {
    return `/${lengthText} is no length of an IPv${address.version} network; write 0 to ${bits}`;
  }
  const corrected = formatPrefix({ address: networkAddress(address, length), length });
  return isMapped
    ? `this is an IPv4 network; write ${corrected}`
    : `${text} is an address inside a network; for the network, write ${corrected}`;
}
