// How content becomes octets on the wire: every leading dot is doubled (RFC 5321 §4.5.2), and
// nothing passes that another host could take for a line end where we see none.

const carriageReturn = 13;
const lineFeed = 10;
const dot = 46;

/** Where in a line the octets so far have ended. */
export type LinePosition = "line-start" | "in-line" | "after-cr";

export interface LineScan {
  readonly position: LinePosition;
  /** Indexes of the dots that begin a line. */
  readonly dots: readonly number[];
}

/** Looks through the next piece of a content. Undefined where it holds a CR or LF that is no CR LF:
 * such content must not be sent (RFC 5321 §2.3.8). */
export function scanLines(before: LinePosition, chunk: Uint8Array): LineScan | undefined {
  const dots: number[] = [];
  if (chunk.length === 0) return { position: before, dots };
  if (before === "after-cr" && chunk[0] !== lineFeed) return undefined;
  let lineStart = before === "after-cr" ? 1 : 0;
  if (before !== "in-line" && chunk[lineStart] === dot) dots.push(lineStart);
  for (;;) {
    const cr = chunk.indexOf(carriageReturn, lineStart);
    const lf = chunk.indexOf(lineFeed, lineStart);
    if (cr === -1 && lf === -1) {
      return { position: lineStart < chunk.length ? "in-line" : "line-start", dots };
    }
    if (cr !== -1 && cr === chunk.length - 1) {
      return lf === -1 ? { position: "after-cr", dots } : undefined;
    }
    if (cr === -1 || lf !== cr + 1) return undefined;
    lineStart = lf + 1;
    if (chunk[lineStart] === dot) dots.push(lineStart);
  }
}

/** The chunk with one more dot before each of `dots`; the very same octets where there is none. */
export function doubleDots(chunk: Uint8Array, dots: readonly number[]): Uint8Array {
  if (dots.length === 0) return chunk;
  const stuffed = new Uint8Array(chunk.length + dots.length);
  let from = 0;
  for (const [index, at] of dots.entries()) {
    stuffed.set(chunk.subarray(from, at), from + index);
    stuffed[at + index] = dot;
    from = at;
  }
  stuffed.set(chunk.subarray(from), from + dots.length);
  return stuffed;
}

/** What ends the content of DATA, after a content that ended at `position`. */
export function endOfData(position: LinePosition): string {
  return position === "line-start" ? ".\r\n" : "\r\n.\r\n";
}
