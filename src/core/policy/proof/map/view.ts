// A part of the map seen from near: one of 256 squares of the part around it, and itself of 256
// squares, down to single addresses.

import { formatIp, parseIp, parsePrefix, type Prefix, prefixAround } from "../../../mail/ip.ts";
import { ipFromNumber } from "../../../mail/ip-number.ts";
import { overlap, rangesOf } from "../space.ts";
import { privateSpace, reservedSpace } from "../special-space.ts";
import {
  type AdmittedIndex,
  admittedWithin,
  type LineSpan,
  sizeOf,
  type Span,
  spansWithin,
} from "./admitted-index.ts";

/** Bits between a part and the squares in it. */
const step = 8;
/** The nearest view: its squares are single addresses. */
const longest = 24;

/** Of IPv4; its length is 0, 8, 16 or 24. */
export type View = Prefix;

export const wholeView: View = { address: ipFromNumber(0n, 4), length: 0 };

/** The view that shows what is asked for, as near as can be: of an address, its /24. Undefined where
 * the text is neither an IPv4 prefix nor an address. */
export function viewOf(text: string): View | undefined {
  const address = parseIp(text);
  const prefix = address === undefined ? parsePrefix(text) : { address, length: 32 };
  if (prefix?.address.version !== 4) return undefined;
  const length = Math.min(longest, prefix.length - (prefix.length % step));
  return prefixAround(prefix.address, length);
}

/** @param prefix of IPv4 */
export function spanOf({ address, length }: Prefix): Span {
  const first = address.octets.reduce((number, octet) => number * 256 + octet, 0);
  return { first, last: first + 2 ** (32 - length) - 1 };
}

/** The views around one, the widest first, without itself. */
export function viewsAround({ address, length }: View): readonly View[] {
  return Array.from({ length: length / step }, (_, index) => prefixAround(address, index * step));
}

/** One of the squares of a view. */
export interface Square {
  readonly prefix: Prefix;
  /** The octet in which it differs from its neighbours. */
  readonly octet: number;
  /** Addresses that may relay. */
  readonly admitted: number;
  /** Lines that admit some of them. */
  readonly lines: number;
}

/** What a line admits in a view. */
export interface LineInView {
  /** Its place among the admissions. */
  readonly line: number;
  readonly spans: readonly Span[];
  readonly addresses: number;
}

export interface ViewContent {
  readonly view: View;
  readonly squares: readonly Square[];
  /** In the order of their first address here. */
  readonly lines: readonly LineInView[];
  readonly admitted: number;
  /** What of it is private, or reserved. */
  readonly privateSpans: readonly Span[];
  readonly reservedSpans: readonly Span[];
}

export function lookInto(index: AdmittedIndex, view: View): ViewContent {
  const span = spanOf(view);
  const spans = spansWithin(index, span);
  const all = admittedWithin(index, span);
  return {
    view,
    squares: squaresOf(view, spans, all),
    lines: byLine(spans),
    admitted: all.reduce((sum, each) => sum + sizeOf(each), 0),
    privateSpans: within(privateSpace, span),
    reservedSpans: within(reservedSpace, span),
  };
}

function within(space: typeof privateSpace, { first, last }: Span): readonly Span[] {
  const part = rangesOf(4, [{ first: BigInt(first), last: BigInt(last) }]);
  return overlap(space, part)[4].map((range) => ({
    first: Number(range.first),
    last: Number(range.last),
  }));
}

/** There may be a hundred thousand lines: nothing is made twice for them. */
function byLine(spans: readonly LineSpan[]): readonly LineInView[] {
  const found = new Map<number, { line: number; spans: Span[]; addresses: number }>();
  for (const span of spans) {
    const known = found.get(span.line);
    if (known === undefined) {
      found.set(span.line, { line: span.line, spans: [span], addresses: sizeOf(span) });
    } else {
      known.spans.push(span);
      known.addresses += sizeOf(span);
    }
  }
  return [...found.values()];
}

function squaresOf(
  view: View,
  spans: readonly LineSpan[],
  all: readonly Span[],
): readonly Square[] {
  const length = view.length + step;
  const side = 2 ** (32 - length);
  const { first } = spanOf(view);
  const placeOf = (address: number) => Math.floor((address - first) / side);
  const admitted = Array.from({ length: 256 }, () => 0);
  for (const span of all) {
    for (let at = placeOf(span.first); at <= placeOf(span.last); at++) {
      const begin = Math.max(span.first, first + at * side);
      const end = Math.min(span.last, first + (at + 1) * side - 1);
      admitted[at] = (admitted[at] ?? 0) + end - begin + 1;
    }
  }
  const lines = Array.from({ length: 256 }, () => new Set<number>());
  for (const span of spans) {
    const end = placeOf(span.last);
    for (let at = placeOf(span.first); at <= end; at++) lines[at]?.add(span.line);
  }
  return admitted.map((count, at) => ({
    prefix: { address: ipFromNumber(BigInt(first + at * side), 4), length },
    octet: at,
    admitted: count,
    lines: lines[at]?.size ?? 0,
  }));
}

/** `10.0.0.0/8`; a single address as such. */
export function nameOf({ address, length }: Prefix): string {
  return length === 32 ? formatIp(address) : `${formatIp(address)}/${length}`;
}
