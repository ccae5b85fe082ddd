// Our own addresses that connections leave from, one for each family.

import { formatIp, parseIp } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { describeValue, unfit } from "../problem.ts";
import type { SourceAddresses } from "../transport-settings.ts";
import { isUnspecified } from "../this-host.ts";

export const sourceExpected =
  "an address of this machine, such as 192.0.2.7, or a list of one for IPv4 and one for IPv6";

export function readSources(written: string | readonly string[]): Result<SourceAddresses, string> {
  const texts = typeof written === "string" ? [written] : written;
  if (texts.length === 0) return bad(`the list is empty; write ${sourceExpected}`);
  const found: { ipv4?: string; ipv6?: string } = {};
  for (const text of texts) {
    const ip = parseIp(text);
    if (ip === undefined || isUnspecified(formatIp(ip))) return bad(unfit(text, sourceExpected));
    const family = ip.version === 4 ? "ipv4" : "ipv6";
    if (found[family] !== undefined) {
      return bad(
        `${describeValue(text)} is the second address for IPv${ip.version}; keep one of a kind`,
      );
    }
    found[family] = formatIp(ip);
  }
  return good(found);
}
