import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet, octetsRichIn } from "../../test/support/pieces.ts";
import { createLineReader } from "./line-reader.ts";

interface Seen {
  readonly what: string;
  /** Octets from the beginning of the stream to where the next line begins. */
  readonly end: number;
}

/** Lines that begin so may be twice as long. */
const long = "QUIT";

function readAll(pieces: readonly Uint8Array[], maxOctets: number): readonly Seen[] {
  const reader = createLineReader(maxOctets, (beginning) =>
    beginning.startsWith(long) ? 2 * maxOctets : maxOctets,
  );
  const seen: Seen[] = [];
  let before = 0;
  for (const piece of pieces) {
    let at = 0;
    for (;;) {
      const event = reader.next(piece, at);
      if (event === undefined) break;
      at = event.end;
      seen.push({
        what: event.kind === "line" ? `line ${event.text}` : event.fault,
        end: before + at,
      });
    }
    before += piece.length;
  }
  return seen;
}

/** What the reader should see, found octet by octet and without any buffer's borders. */
function oracle(octets: Uint8Array, maxOctets: number): readonly Seen[] {
  const seen: Seen[] = [];
  let line = "";
  let discarding = false;
  for (const [index, octet] of octets.entries()) {
    line += String.fromCharCode(octet);
    const end = index + 1;
    const ended = line.endsWith("\r\n");
    const bareLf = !ended && line.endsWith("\n");
    const limit = line.startsWith(long) ? 2 * maxOctets : maxOctets;
    if (!discarding && line.length > limit) seen.push({ what: "too-long", end });
    else if (bareLf) seen.push({ what: "bare-lf", end });
    else if (ended && !discarding) seen.push({ what: meaning(line.slice(0, -2)), end });
    discarding = !ended && (discarding || bareLf || line.length > limit);
    if (ended || bareLf) line = "";
  }
  return seen;
}

function meaning(line: string): string {
  if (line.includes("\r")) return "bare-cr";
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) return "control-character";
  const text = Buffer.from(line, "latin1").toString("utf8");
  return text.includes("\ufffd") ? "not-utf8" : `line ${text}`;
}

function texts(input: string, maxOctets = 20): readonly string[] {
  return readAll([Buffer.from(input, "latin1")], maxOctets).map(({ what }) => what);
}

describe("the line reader", () => {
  test("sees the same in whatever pieces a stream arrives", () => {
    const stream = octetsRichIn(
      "\r\n",
      "\r",
      "\n",
      "NOOP\r\n",
      "QUIT",
      "aaaaaaaa",
      "\0",
      "\xc3\xbc",
    );
    fc.assert(
      fc.property(stream, anyCuts, (octets, cuts) => {
        const expected = oracle(octets, 10);
        assert.deepEqual(readAll([octets], 10), expected);
        assert.deepEqual(readAll(octetByOctet(octets), 10), expected);
        assert.deepEqual(readAll(inPieces(octets, cuts), 10), expected);
      }),
      { numRuns: 500 },
    );
  });

  test("takes a line of the full length, CR LF included, and no longer one", () => {
    assert.deepEqual(texts("a".repeat(18) + "\r\n"), ["line " + "a".repeat(18)]);
    assert.deepEqual(texts("a".repeat(19) + "\r\nNOOP\r\n"), ["too-long", "line NOOP"]);
  });

  test("takes longer lines where their beginning allows it", () => {
    const longest = long + "a".repeat(34);
    assert.deepEqual(texts(`${longest}\r\n`), [`line ${longest}`]);
    assert.deepEqual(texts(`${longest}a\r\nNOOP\r\n`), ["too-long", "line NOOP"]);
  });

  test("never reads what follows a bare line feed as a line", () => {
    assert.deepEqual(texts("A\nB\r\nC\r\n"), ["bare-lf", "line C"]);
    assert.deepEqual(texts("a".repeat(30) + "\nB\r\nC\r\n"), ["too-long", "bare-lf", "line C"]);
  });

  test("answers each line of a client that ends them with line feeds alone", () => {
    assert.deepEqual(texts("A\nB\nC\n"), ["bare-lf", "bare-lf", "bare-lf"]);
  });

  test("keeps no hold on the memory of its input", () => {
    const reader = createLineReader(20);
    const buffer = Buffer.from("NOOP");
    reader.next(buffer, 0);
    buffer.fill("X");
    assert.deepEqual(reader.next(Buffer.from("\r\n"), 0), { kind: "line", text: "NOOP", end: 2 });
  });
});
