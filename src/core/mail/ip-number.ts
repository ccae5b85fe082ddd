// IP addresses as numbers, for arithmetic on whole stretches of address space.

import type { IpAddress, Prefix } from "./ip.ts";

export type IpVersion = IpAddress["version"];

/** How many bits an address has. */
export const addressBits: Readonly<Record<IpVersion, number>> = { 4: 32, 6: 128 };

/** The address as a number; 0 is `0.0.0.0` or `::`. */
export function ipToNumber({ octets }: IpAddress): bigint {
  // Four octets at a time: bigint operations cost more than those on numbers.
  let sum = 0n;
  for (let at = 0; at < octets.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = octets.slice(at, at + 4);
    sum = (sum << 32n) | BigInt(a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d);
  }
  return sum;
}

export function ipFromNumber(value: bigint, version: IpVersion): IpAddress {
  const octets: number[] = [];
  for (let shift = addressBits[version] - 32; shift >= 0; shift -= 32) {
    const word = Number((value >> BigInt(shift)) & 0xffff_ffffn);
    octets.push(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
  }
  return { version, octets };
}

/** The first and the last address of a prefix. */
export function prefixBounds({ address, length }: Prefix): {
  readonly first: bigint;
  readonly last: bigint;
} {
  const first = ipToNumber(address);
  return { first, last: first + (1n << BigInt(addressBits[address.version] - length)) - 1n };
}
