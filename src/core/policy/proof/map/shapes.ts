// Rectangles of the map as one SVG path, small ones large enough to be seen, and no more of them than
// a reader of the file can bear.

import type { Space } from "../space.ts";
import { nowhere, prefixesOf } from "../space.ts";
import { mapSide, type Rectangle, rectangleOf } from "./hilbert.ts";

/** Of the map, in the picture's units. */
export const picture = 1024;
const scale = picture / mapSide;
/** A /16 is as large as this; what is smaller is marked once for each /16. */
const cell = picture / 256;
/** The smallest mark that an eye finds. */
const smallest = 7;

/** What of an IPv4 space is worth drawing, in the picture's units: at most two rectangles for each
 * /16 of the Internet, whatever the space. */
export function rectanglesOf(space: Space): readonly Rectangle[] {
  const seen = new Set<number>();
  const found: Rectangle[] = [];
  for (const prefix of prefixesOf({ ...nowhere, 4: space[4] })) {
    const { x, y, width, height } = rectangleOf(prefix);
    const scaled = { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
    if (prefix.length > 16) {
      const key = cellAt(scaled.x, scaled.y);
      if (seen.has(key)) continue;
      seen.add(key);
    }
    found.push(scaled);
  }
  return found;
}

function cellAt(x: number, y: number): number {
  return Math.floor(y / cell) * 256 + Math.floor(x / cell);
}

/** The path of rectangles in true size. */
export function exactPath(rectangles: readonly Rectangle[]): string {
  return rectangles
    .map(({ x, y, width, height }) => {
      return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h-${round(width)}z`;
    })
    .join("");
}

/** Marks for what is too small to be seen in true size, as a path. `taken` are the cells that have a
 * mark already; it grows. */
export function marksPath(rectangles: readonly Rectangle[], taken: Set<number>): string {
  let path = "";
  for (const { x, y, width, height } of rectangles) {
    if (Math.max(width, height) >= smallest) continue;
    const [centreX, centreY] = [x + width / 2, y + height / 2];
    const key = cellAt(centreX, centreY);
    if (taken.has(key)) continue;
    taken.add(key);
    path += `M${edgeOfMark(centreX)} ${edgeOfMark(centreY)}h${smallest}v${smallest}h-${smallest}z`;
  }
  return path;
}

function edgeOfMark(centre: number): number {
  return Math.round(Math.min(picture - smallest, Math.max(0, centre - smallest / 2)));
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
