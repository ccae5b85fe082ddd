// Sets of numbers as sorted ranges: exact, however large the space.

/** Both ends belong to it. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** In order, and with a gap between each two: equal sets have equal ranges. */
export type Ranges = readonly Range[];

/** The set of all numbers that lie in one of the ranges, which may overlap and come in any order. */
export function normalize(ranges: readonly Range[]): Ranges {
  const merged: Range[] = [];
  for (const range of ranges.toSorted(byFirst)) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1n) merged.push(range);
    else if (range.last > before.last) {
      merged[merged.length - 1] = { first: before.first, last: range.last };
    }
  }
  return merged;
}

function byFirst(one: Range, other: Range): number {
  return one.first < other.first ? -1 : one.first > other.first ? 1 : 0;
}

export function union(one: Ranges, other: Ranges): Ranges {
  return normalize([...one, ...other]);
}

/** What is in both. */
export function overlap(one: Ranges, other: Ranges): Ranges {
  const found: Range[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [a, b] = [one[i], other[j]];
    if (a === undefined || b === undefined) return found;
    const first = a.first > b.first ? a.first : b.first;
    const last = a.last < b.last ? a.last : b.last;
    if (first <= last) found.push({ first, last });
    if (a.last < b.last) i++;
    else j++;
  }
}

/** What is in `whole` and not in `taken`. */
export function minus(whole: Ranges, taken: Ranges): Ranges {
  const left: Range[] = [];
  let at = 0;
  for (const { first: start, last } of whole) {
    let first = start;
    for (; at < taken.length; at++) {
      const cut = taken[at];
      if (cut === undefined || cut.first > last) break;
      if (cut.first > first) left.push({ first, last: cut.first - 1n });
      if (cut.last >= first) first = cut.last + 1n;
      if (cut.last > last) break; // it may reach into the next range, too
    }
    if (first <= last) left.push({ first, last });
  }
  return left;
}

/** How many numbers are in the set. */
export function size(ranges: Ranges): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

export function includes(ranges: Ranges, value: bigint): boolean {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return false;
    if (value < range.first) high = middle - 1;
    else if (value > range.last) low = middle + 1;
    else return true;
  }
  return false;
}
