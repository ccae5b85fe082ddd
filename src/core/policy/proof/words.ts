// How address space is told to people: as prefixes where these are few, as the exception where it is
// nearly all, and always as a number and a share of the Internet.

import { formatPrefix } from "../../mail/ip.ts";
import type { IpVersion } from "../../mail/ip-number.ts";
import * as ranges from "./ranges.ts";
import { countAll, countOf, nowhere, prefixesOf, type Space, versions } from "./space.ts";

/** More prefixes than this are counted instead of listed. */
const mostListed = 3;

/** `203.0.0.0/12 (1,048,576 addresses, 0.024 % of IPv4)`. */
export function describeSpace(space: Space): string {
  return versions
    .filter((version) => space[version].length > 0)
    .map((version) => describeVersion(space, version))
    .join(" and ");
}

function describeVersion(space: Space, version: IpVersion): string {
  const [count, all] = [countOf(space, version), countAll(version)];
  const share = `${formatShare(count, all)} of IPv${version}`;
  if (count === all) return `every IPv${version} address (${formatCount(all)}, ${share})`;
  if (count * 2n > all) {
    return `all IPv${version} addresses but ${formatCount(all - count)} (${share})`;
  }
  const prefixes = prefixesOf({ ...nowhere, [version]: space[version] }, mostListed + 1);
  const only = ranges.size(space[version]) === 1n;
  const number = only ? "1 address" : `${formatCount(count)} addresses`;
  if (prefixes.length > mostListed) return `${number} of IPv${version} (${share})`;
  return `${listOf(prefixes.map(formatPrefix))} (${number}, ${share})`;
}

export function listOf(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** `16,777,216`; above a thousand billion `2^80`, or `1.2 × 10^24`. */
export function formatCount(count: bigint): string {
  if (count < 10n ** 12n) return grouped(String(count));
  if ((count & (count - 1n)) === 0n) return `2^${count.toString(2).length - 1}`;
  const digits = String(count);
  return `${digits[0]}.${digits[1]} × 10^${digits.length - 1}`;
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A percentage, rounded down to one digit behind the point, or to two that count where it is less
 * than 1 %. Only all is 100 %, and only nothing is 0 %. */
export function formatShare(count: bigint, all: bigint): string {
  if (count === 0n) return "0 %";
  const percent = Number((count * 100_000_000n) / all) / 1_000_000;
  if (percent === 0) return "less than 0.000001 %";
  const digits = percent >= 1 ? 1 : Math.min(6, 1 - Math.floor(Math.log10(percent)));
  const shown = Math.floor(percent * 10 ** digits + 1e-6) / 10 ** digits;
  return `${shown.toFixed(digits).replace(/\.?0+$/, "")} %`;
}
