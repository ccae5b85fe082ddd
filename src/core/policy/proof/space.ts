// Sets of IP addresses of both versions, and the fewest prefixes that make one up.

import { formatPrefix, type IpAddress, type Prefix } from "../../mail/ip.ts";
import {
  addressBits,
  ipFromNumber,
  ipToNumber,
  type IpVersion,
  prefixBounds,
} from "../../mail/ip-number.ts";
import * as ranges from "./ranges.ts";

/** A set of addresses. Equal sets are deeply equal values. */
export interface Space {
  readonly 4: ranges.Ranges;
  readonly 6: ranges.Ranges;
}

export const versions: readonly IpVersion[] = [4, 6];

export const nowhere: Space = { 4: [], 6: [] };

export function rangesOf(version: IpVersion, some: readonly ranges.Range[]): Space {
  return { ...nowhere, [version]: ranges.normalize(some) };
}

export function spaceOf(prefixes: readonly Prefix[]): Space {
  const of = (version: IpVersion) =>
    ranges.normalize(
      prefixes.filter(({ address }) => address.version === version).map(prefixBounds),
    );
  return { 4: of(4), 6: of(6) };
}

export function union(spaces: readonly Space[]): Space {
  const of = (version: IpVersion) => ranges.normalize(spaces.flatMap((space) => space[version]));
  return { 4: of(4), 6: of(6) };
}

export function minus(whole: Space, taken: Space): Space {
  return { 4: ranges.minus(whole[4], taken[4]), 6: ranges.minus(whole[6], taken[6]) };
}

export function overlap(one: Space, other: Space): Space {
  return { 4: ranges.overlap(one[4], other[4]), 6: ranges.overlap(one[6], other[6]) };
}

export function isEmpty(space: Space): boolean {
  return space[4].length === 0 && space[6].length === 0;
}

export function contains(space: Space, address: IpAddress): boolean {
  return ranges.includes(space[address.version], ipToNumber(address));
}

/** How many addresses of one version are in the space. */
export function countOf(space: Space, version: IpVersion): bigint {
  return ranges.size(space[version]);
}

/** How many addresses there are. */
export function countAll(version: IpVersion): bigint {
  return 1n << BigInt(addressBits[version]);
}

/** The fewest prefixes whose addresses are exactly these, in order; `most` bounds how many are made. */
export function prefixesOf(space: Space, most = Infinity): readonly Prefix[] {
  const found: Prefix[] = [];
  for (const version of versions) {
    for (const range of space[version]) {
      for (const prefix of cover(range, version)) {
        if (found.length >= most) return found;
        found.push(prefix);
      }
    }
  }
  return found;
}

/** From the left, always the widest prefix that begins here and does not reach too far. */
function* cover({ first, last }: ranges.Range, version: IpVersion): Generator<Prefix> {
  const bits = addressBits[version];
  for (let at = first; at <= last;) {
    const aligned = at === 0n ? bits : bitLength(at & -at) - 1;
    const free = Math.min(aligned, bitLength(last - at + 1n) - 1);
    yield { address: ipFromNumber(at, version), length: bits - free };
    at += 1n << BigInt(free);
  }
}

/** Bits of a positive number, without leading zeros. */
function bitLength(value: bigint): number {
  if (value < 2n ** 32n) return 32 - Math.clz32(Number(value));
  return 32 + bitLength(value >> 32n);
}

export function formatSpace(space: Space): readonly string[] {
  return prefixesOf(space).map(formatPrefix);
}
