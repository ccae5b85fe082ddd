// The order of messages: by the time of delivery, then by name.

import { stride, type Work } from "../../core/work.ts";
import { baseOf, type Place, secondsOf } from "./message-name.ts";

/** Places that are sorted in one go, which takes about ten milliseconds. */
const run = 8192;

/** The places in the order in which sessions show them. It is the same each time, whatever order a
 * folder lists its names in; a message keeps its place when flags change. */
export function* inOrder(places: readonly Place[]): Work<readonly Place[]> {
  const seconds = new Float64Array(places.length);
  for (const [index, place] of places.entries()) {
    seconds[index] = secondsOf(place);
    if (index % stride === 0) yield;
  }
  const order = yield* sortIndexes(places.length, (a, b) => {
    const difference = (seconds[a] ?? 0) - (seconds[b] ?? 0);
    return difference === 0 ? compare(places[a] ?? "", places[b] ?? "") : difference;
  });
  const sorted: Place[] = [];
  for (const index of order) {
    sorted.push(places[index] ?? "");
    if (sorted.length % stride === 0) yield;
  }
  return sorted;
}

/** By octets. Places of one base lie side by side. */
function compare(one: Place, other: Place): number {
  const [a, b] = [baseOf(one), baseOf(other)];
  if (a !== b) return a < b ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}

/** Merges sorted runs, so that it can rest between its steps. */
function* sortIndexes(count: number, order: (a: number, b: number) => number): Work<Uint32Array> {
  let sorted = new Uint32Array(count);
  for (let index = 0; index < count; index++) sorted[index] = index;
  for (let from = 0; from < count; from += run) {
    sorted.subarray(from, from + run).sort(order);
    yield;
  }
  for (let width = run; width < count; width *= 2) {
    const merged = new Uint32Array(count);
    for (let from = 0; from < count; from += 2 * width) {
      const left = sorted.subarray(from, from + width);
      const right = sorted.subarray(from + width, from + 2 * width);
      yield* merge(merged.subarray(from), { left, right, order });
    }
    sorted = merged;
  }
  return sorted;
}

interface Halves {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly order: (a: number, b: number) => number;
}

function* merge(target: Uint32Array, { left, right, order }: Halves): Work<void> {
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const a = left[l];
    const b = right[r];
    const takeLeft = b === undefined || (a !== undefined && order(a, b) <= 0);
    target[l + r] = (takeLeft ? a : b) ?? 0;
    if (takeLeft) l++;
    else r++;
    if ((l + r) % stride === 0) yield;
  }
}
