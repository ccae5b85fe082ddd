import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { doubleDots, endOfData, type LinePosition, scanLines } from "./framing.ts";

/** What DATA carries for a content that comes in pieces; undefined where it must not be sent. */
function frame(pieces: readonly Uint8Array[]): string | undefined {
  let position: LinePosition = "line-start";
  let wire = "";
  for (const piece of pieces) {
    const scan = scanLines(position, piece);
    if (scan === undefined) return undefined;
    wire += Buffer.from(doubleDots(piece, scan.dots)).toString("latin1");
    position = scan.position;
  }
  return position === "after-cr" ? undefined : wire + endOfData(position);
}

/** The other side, as RFC 5321 §4.5.2 tells it, line by line; undefined without an end. */
function unframe(wire: string): { content: string; after: string } | undefined {
  const lines = wire.split("\r\n");
  const end = lines.indexOf(".");
  if (end === -1) return undefined;
  const content = lines.slice(0, end).map((line) => `${line.replace(/^\./, "")}\r\n`);
  return { content: content.join(""), after: lines.slice(end + 1).join("\r\n") };
}

const lines = fc
  .array(
    fc.oneof(
      fc.constantFrom(".", "..", "", "\r\n", ".\r\n", "\r\n."),
      fc.stringMatching(/^[ -~é]{0,6}$/),
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(""));
const anything = fc
  .array(fc.constantFrom("\r", "\n", "\r\n", ".", "a"), { maxLength: 12 })
  .map((parts) => parts.join(""));

function cutAt(text: string, cuts: readonly number[]): readonly Uint8Array[] {
  const octets = Buffer.from(text, "latin1");
  const bounds = [0, ...cuts.map((cut) => cut % (octets.length + 1)).toSorted((a, b) => a - b)];
  return bounds.map((start, index) => octets.subarray(start, bounds[index + 1]));
}

const cutList = fc.array(fc.nat(1_000), { maxLength: 6 });

test("content reads back as it was, with a last line end where it had none", () => {
  fc.assert(
    fc.property(lines, cutList, (content, cuts) => {
      const wire = frame(cutAt(content, cuts));
      assert.ok(wire !== undefined);
      const expected = content === "" || content.endsWith("\r\n") ? content : `${content}\r\n`;
      assert.deepEqual(unframe(wire), { content: expected, after: "" });
    }),
  );
});

test("content with a bare CR or LF is refused, however it is cut; all other is not", () => {
  fc.assert(
    fc.property(anything, cutList, (content, cuts) => {
      const broken = /\r(?!\n)|(?<!\r)\n/.test(content);
      assert.equal(frame(cutAt(content, cuts)) === undefined, broken);
    }),
    { numRuns: 2_000 },
  );
});

test("a chunk without a leading dot is passed on, not copied", () => {
  const chunk = Buffer.from("a.b\r\nc..\r\n");
  assert.deepEqual(scanLines("line-start", chunk), { position: "line-start", dots: [] });
  assert.equal(doubleDots(chunk, []), chunk);
});
