// IPv4 space on a Hilbert curve: neighbours in number are neighbours in the picture, and every prefix
// is a square, or two squares side by side where its length is odd.

import type { Prefix } from "../../../mail/ip.ts";
import { ipToNumber } from "../../../mail/ip-number.ts";

/** Bits of a coordinate: the picture has a point for each of the 2^32 addresses. */
const order = 16;

/** Points on a side of the whole picture. */
export const mapSide = 2 ** order;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The point of the address with that number; `0.0.0.0` is at the top left, `255.255.255.255` at the
 * top right. */
export function pointOf(number: number): { readonly x: number; readonly y: number } {
  let [x, y] = [0, 0];
  // From the smallest square outwards, each turned as its place in the next larger one wants it.
  for (let bit = 0, rest = number; bit < order; bit++, rest = Math.floor(rest / 4)) {
    const side = 2 ** bit;
    const quarter = rest % 4;
    if (quarter === 0) [x, y] = [y, x];
    else if (quarter === 3) [x, y] = [2 * side - 1 - y, side - 1 - x];
    else [x, y] = [x + (quarter === 2 ? side : 0), y + side];
  }
  return { x, y };
}

/** Where an IPv4 prefix lies in the picture. */
export function rectangleOf({ address, length }: Prefix): Rectangle {
  const first = Number(ipToNumber(address));
  if (length % 2 === 0) return squareOf(first, length);
  const one = squareOf(first, length + 1);
  const other = squareOf(first + 2 ** (31 - length), length + 1);
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: one.x === other.x ? one.width : 2 * one.width,
    height: one.y === other.y ? one.height : 2 * one.height,
  };
}

function squareOf(first: number, length: number): Rectangle {
  const side = 2 ** ((32 - length) / 2);
  const { x, y } = pointOf(first);
  return { x: x - (x % side), y: y - (y % side), width: side, height: side };
}
