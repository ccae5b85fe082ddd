// A view of the map as SVG for a page: squares are links into the next view. Its colours are classes of
// the page's style sheet, which a strict Content-Security-Policy asks for.

import { type Prefix, prefixAround } from "../../../mail/ip.ts";
import { ipFromNumber } from "../../../mail/ip-number.ts";
import { prefixesOf, rangesOf } from "../space.ts";
import { formatCount } from "../words.ts";
import { sizeOf, type Span } from "./admitted-index.ts";
import { type Rectangle, rectangleOf } from "./hilbert.ts";
import { exactPath, picture } from "./shapes.ts";
import {
  type LineInView,
  nameOf,
  spanOf,
  type Square,
  type View,
  type ViewContent,
} from "./view.ts";

/** Colours that can be told apart; the smaller lines share the last one. */
const colours = 7;
/** Bits of a view that are drawn in true size: a grid of 64 by 64 places, each of which holds one
 * mark at most for all that is smaller. */
const trueBits = 12;
const markSide = 9;

/** The class of each line's colour; lines that are not in it have the last one's. */
export type Colours = ReadonlyMap<number, string>;

/** The largest lines of a view have a colour each. */
export function coloursOf(lines: readonly LineInView[]): Colours {
  const largest: LineInView[] = [];
  const single = lines.length > colours ? colours - 1 : colours;
  for (const line of lines) {
    const at = largest.findIndex(({ addresses }) => addresses < line.addresses);
    largest.splice(at === -1 ? largest.length : at, 0, line);
    if (largest.length > single) largest.pop();
  }
  return new Map(largest.map(({ line }, index) => [line, `c${index}`]));
}

export const lastColour = `c${colours - 1}`;

export interface DrawOptions {
  readonly colours: Colours;
  /** Where a square leads; it is written as it is. */
  readonly href: (square: Square) => string;
  /** The id of the element that says what the map shows. */
  readonly labelledBy: string;
}

/** About 700 kB at most, whatever is admitted. */
export function drawView(content: ViewContent, options: DrawOptions): string {
  const { view, squares } = content;
  const taken = new Set<number>();
  const layers = layersOf(content, options.colours);
  return [
    `<svg class="map" viewBox="0 0 ${picture} ${picture}" role="group" aria-labelledby="${options.labelledBy}">`,
    `<rect class="land" width="${picture}" height="${picture}"/>`,
    shape("reserved", pathOf(view, content.reservedSpans)),
    shape("private", pathOf(view, content.privateSpans)),
    ...layers.map(({ colour, spans }) => shape(colour, pathOf(view, spans))),
    ...layers.map(({ colour, spans }) => marks(colour, marksOf(view, spans, taken))),
    ...squares.map((square) => drawSquare(view, square, options)),
    "</svg>",
  ].join("");
}

interface Layer {
  readonly colour: string;
  readonly spans: readonly Span[];
}

function layersOf({ lines }: ViewContent, given: Colours): readonly Layer[] {
  const byColour = Map.groupBy(lines, ({ line }) => given.get(line) ?? lastColour);
  return Array.from(byColour, ([colour, own]) => ({
    colour,
    spans: own.flatMap(({ spans }) => spans),
  }));
}

function trueLength(view: View): number {
  return Math.min(32, view.length + trueBits);
}

/** Prefixes of a place's size or more, in true size. */
function pathOf(view: View, spans: readonly Span[]): string {
  const place = 2 ** (32 - trueLength(view));
  const large = spans.filter((span) => sizeOf(span) >= place);
  return exactPath(
    large
      .flatMap(prefixesIn)
      .filter(({ length }) => length <= trueLength(view))
      .map((prefix) => inView(view, prefix)),
  );
}

function prefixesIn({ first, last }: Span): readonly Prefix[] {
  return prefixesOf(rangesOf(4, [{ first: BigInt(first), last: BigInt(last) }]));
}

/** The places of what is smaller, one for each; `taken` grows. */
function marksOf(view: View, spans: readonly Span[], taken: Set<number>): readonly Rectangle[] {
  const side = 2 ** (32 - trueLength(view));
  const found: Rectangle[] = [];
  for (const { first, last } of spans) {
    for (const address of ragged(first, last, side)) {
      const place = Math.floor(address / side);
      if (taken.has(place)) continue;
      taken.add(place);
      const prefix = prefixAround(ipFromNumber(BigInt(address), 4), trueLength(view));
      found.push(inView(view, prefix));
    }
  }
  return found;
}

/** The ends of a span that do not fill their places. */
function ragged(first: number, last: number, side: number): readonly number[] {
  const isHead = first % side !== 0 || last < first + side - 1;
  const isTail = (last + 1) % side !== 0 && Math.floor(last / side) !== Math.floor(first / side);
  return [...(isHead ? [first] : []), ...(isTail ? [last] : [])];
}

function marks(colour: string, places: readonly Rectangle[]): string {
  const path = exactPath(
    places.map(({ x, y, width, height }) => ({
      x: x + (width - markSide) / 2,
      y: y + (height - markSide) / 2,
      width: markSide,
      height: markSide,
    })),
  );
  return shape(`${colour} mark-place`, path);
}

function shape(kind: string, path: string): string {
  return path === "" ? "" : `<path class="${kind}" d="${path}"/>`;
}

/** Where a prefix lies in the picture of a view. */
function inView(view: View, prefix: Prefix): Rectangle {
  const frame = rectangleOf(view);
  const scale = picture / frame.width;
  const { x, y, width, height } = rectangleOf(prefix);
  return {
    x: (x - frame.x) * scale,
    y: (y - frame.y) * scale,
    width: width * scale,
    height: height * scale,
  };
}

/** All squares can be pointed at; the keyboard goes from one that admits somebody to the next, and
 * readers of the page hear of those alone. */
function drawSquare(view: View, square: Square, { href }: DrawOptions): string {
  const { x, y, width, height } = inView(view, square.prefix);
  const isEmpty = square.admitted === 0;
  const title = describeSquare(square);
  const attributes = isEmpty ? `tabindex="-1" aria-hidden="true"` : `aria-label="${title}"`;
  return (
    `<a href="${href(square)}" ${attributes}>` +
    `<rect class="square" x="${x}" y="${y}" width="${width}" height="${height}"/>` +
    `<text x="${x + 6}" y="${y + 18}">${square.octet}</text><title>${title}</title></a>`
  );
}

function describeSquare(square: Square): string {
  const { prefix, admitted, lines } = square;
  const name = nameOf(prefix);
  if (admitted === 0) return `${name}: nobody`;
  const all = admitted === sizeOf(spanOf(prefix));
  const some = admitted === 1 ? "1 address" : `${formatCount(BigInt(admitted))} addresses`;
  const size = all ? "all of it" : some;
  return `${name}: ${size}, by ${lines === 1 ? "one line" : `${formatCount(BigInt(lines))} lines`}`;
}
