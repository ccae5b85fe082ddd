// IPv4 space that may relay, put in order once, so that a part of it is found at once however many
// lines admit somebody.

import type { Space } from "../space.ts";

/** Plain numbers are enough for IPv4, and a hundred thousand of them are quick to look through. Both
 * ends belong to it. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface LineSpan extends Span {
  /** The place of its line among those that the index is made of. */
  readonly line: number;
}

export interface AdmittedIndex {
  /** What each line has, in the order of the first address. */
  readonly spans: readonly LineSpan[];
  /** For each of them, the highest address of all up to it. */
  readonly reach: readonly number[];
  /** All that any line has: without overlaps. */
  readonly all: readonly Span[];
}

/** Of what each line has of IPv4. */
export function indexAdmitted(lines: readonly { readonly space: Space }[]): AdmittedIndex {
  const spans: LineSpan[] = [];
  for (const [line, { space }] of lines.entries()) {
    for (const { first, last } of space[4]) {
      spans.push({ first: Number(first), last: Number(last), line });
    }
  }
  return indexSpans(spans);
}

/** @param spans in any order */
export function indexSpans(spans: LineSpan[]): AdmittedIndex {
  spans.sort((one, other) => one.first - other.first || one.line - other.line);
  const reach: number[] = [];
  const all: { first: number; last: number }[] = [];
  let highest = -1;
  for (const { first, last } of spans) {
    const before = all.at(-1);
    if (before === undefined || first > highest + 1) all.push({ first, last });
    else before.last = Math.max(before.last, last);
    highest = Math.max(highest, last);
    reach.push(highest);
  }
  return { spans, reach, all };
}

/** What lines admit of a part of the space, cut to it. */
export function spansWithin({ spans, reach }: AdmittedIndex, part: Span): readonly LineSpan[] {
  const begin = firstAt(reach.length, (at) => (reach[at] ?? 0) >= part.first);
  const end = firstAt(spans.length, (at) => (spans[at]?.first ?? 0) > part.last);
  return spans
    .slice(begin, end)
    .filter((span) => span.last >= part.first)
    .map((span) => cut(span, part));
}

/** All that is admitted of a part of the space. */
export function admittedWithin({ all }: AdmittedIndex, part: Span): readonly Span[] {
  const begin = firstAt(all.length, (at) => (all[at]?.last ?? 0) >= part.first);
  const end = firstAt(all.length, (at) => (all[at]?.first ?? 0) > part.last);
  return all.slice(begin, end).map((span) => cut(span, part));
}

/** What lies in the part wholly, as nearly all does, is taken as it is. */
function cut<Some extends Span>(span: Some, part: Span): Some {
  if (span.first >= part.first && span.last <= part.last) return span;
  const first = Math.max(span.first, part.first);
  return { ...span, first, last: Math.min(span.last, part.last) };
}

/** The lowest index from which on the test holds. */
function firstAt(length: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function sizeOf({ first, last }: Span): number {
  return last - first + 1;
}
