import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { foldField, wrap } from "./wrap.ts";

test("lines are broken at spaces, and inside words that are too long", () => {
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
  assert.deepEqual(wrap("abcd", 4), ["abcd"]);
  assert.deepEqual(wrap("abcdefgh", 4), ["abcd", "efgh"]);
  assert.deepEqual(wrap("", 4), [""]);
});

test("no line is too long, and nothing but spaces is lost", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (text, width) => {
      const lines = wrap(text, width);
      assert.ok(lines.length > 0 && lines.every((line) => line.length <= width));
      assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
    }),
  );
});

test("a long header field is folded", () => {
  const value =
    "smtp; 550 5.1.1 this explanation is longer than a line of a header should be at all";
  assert.equal(
    foldField("Diagnostic-Code", value),
    "Diagnostic-Code: smtp; 550 5.1.1 this explanation is longer than a line of a\r\n" +
      "\theader should be at all\r\n",
  );
});
