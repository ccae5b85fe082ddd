import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createOctetCount } from "./line-ends.ts";

function count(...chunks: readonly string[]) {
  const octets = createOctetCount();
  for (const chunk of chunks) octets.add(Buffer.from(chunk, "latin1"));
  return [octets.stored, octets.virtual, octets.sent];
}

test("a line feed without its CR counts twice, and a last line without an end gets one", () => {
  assert.deepEqual(count(), [0, 0, 0]);
  assert.deepEqual(count(""), [0, 0, 0]);
  assert.deepEqual(count("\n"), [1, 2, 2]);
  assert.deepEqual(count("a\nb\r\n\r\r\n"), [8, 9, 9]);
  assert.deepEqual(count("a\r", "\nb", "\n"), [5, 6, 6]);
  assert.deepEqual(count("a", "\n", "", "\n"), [3, 5, 5]);
  assert.deepEqual(count("a\nb"), [3, 4, 6]);
  assert.deepEqual(count("a\r"), [2, 2, 4]);
});

test("any octets, cut anywhere, are counted as if in one piece", () => {
  const piece = fc.string({ unit: fc.constantFrom("\r", "\n", "a") });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const whole = pieces.join("");
      const withEnds = whole.replaceAll(/\r?\n/g, "\r\n");
      const ended = withEnds === "" || withEnds.endsWith("\n") ? withEnds : `${withEnds}\r\n`;
      assert.deepEqual(count(...pieces), [whole.length, withEnds.length, ended.length]);
    }),
  );
});
