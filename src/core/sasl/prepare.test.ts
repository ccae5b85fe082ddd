import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { saslPrep } from "./prepare.ts";

const cases: readonly (readonly [string, string | undefined, string])[] = [
  // RFC 4013 §3
  ["I\u00adX", "IX", "a soft hyphen goes"],
  ["user", "user", "nothing to do"],
  ["USER", "USER", "case is kept"],
  ["\u00aa", "a", "NFKC"],
  ["\u2168", "IX", "NFKC"],
  ["\u0007", undefined, "a control character"],
  ["\u06271", undefined, "right to left, and an end that is not"],
  // and more
  ["", undefined, "nothing"],
  ["\u00ad", undefined, "nothing left"],
  ["a\u00a0b", "a b", "a hard space is a space"],
  ["\u200c\u2060\ufeffa\ufe0f", "a", "what nobody sees goes"],
  ["\u0627\u0628", "\u0627\u0628", "right to left all the way"],
  ["\u06271\u0628", "\u06271\u0628", "digits inside right to left"],
  ["\u0627a\u0628", undefined, "both directions"],
  ["a\u007f", undefined, "DEL"],
  ["a\u0000", undefined, "NUL"],
  ["\u0340", "\u0300", "NFKC takes a deprecated mark away"],
  ["a\u200e", undefined, "a direction mark"],
  ["\ue000", undefined, "private use"],
  ["\u{10fffd}", undefined, "private use, far out"],
  ["\ufdd0", undefined, "no character"],
  ["\u{1fffe}", undefined, "no character, far out"],
  ["\ud800", undefined, "half a character"],
  ["\u{e0041}", undefined, "a tag"],
  ["\u{1f511}", "\u{1f511}", "an emoji, which Unicode 3.2 did not know"],
  ["e\u0301", "\u00e9", "composed"],
];
for (const [text, prepared, what] of cases) {
  test(`${JSON.stringify(text)}: ${what}`, () => assert.equal(saslPrep(text), prepared));
}

test("printable ASCII stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (text) => {
      assert.equal(saslPrep(text), text);
    }),
  );
});

test("what is prepared is prepared, and two spellings of one name stay one", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const prepared = saslPrep(text);
      assert.equal(saslPrep(text.normalize("NFD")), prepared);
      if (prepared !== undefined) assert.equal(saslPrep(prepared), prepared);
    }),
    { numRuns: 1000 },
  );
});
