import { stride, type Work } from "../work.ts";

/** Sorts the numbers 0 to `count` - 1 by `compare`; those that are equal keep their order. */
export function* sortIndices(
  count: number,
  compare: (one: number, other: number) => number,
): Work<Uint32Array> {
  let from = new Uint32Array(count);
  for (let at = 0; at < count; at++) from[at] = at;
  let to = new Uint32Array(count);
  let steps = 0;
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        if (++steps % stride === 0) yield;
        const takeLeft =
          right === end || (left < middle && compare(from[left] ?? 0, from[right] ?? 0) <= 0);
        to[at] = (takeLeft ? from[left++] : from[right++]) ?? 0;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
