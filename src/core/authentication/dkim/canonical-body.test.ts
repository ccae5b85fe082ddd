import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces } from "../../../../test/support/pieces.ts";
import { createBodyForm } from "./canonical-body.ts";
import type { Canonicalization } from "./canonical-header.ts";

function formed(form: Canonicalization, body: string, cuts: readonly number[] = []): string {
  const passed: Buffer[] = [];
  const made = createBodyForm(form, (octets) => passed.push(Buffer.from(octets)));
  for (const piece of inPieces(Buffer.from(body, "latin1"), cuts)) made.take(piece);
  made.finish();
  return Buffer.concat(passed).toString("latin1");
}

/** As RFC 6376 §3.4.3 and §3.4.4 say it, for a body as a whole. */
function byTheBook(form: Canonicalization, body: string): string {
  const tidy =
    form === "simple" ? body : body.replace(/[ \t]+(?=\r\n|$)/g, "").replace(/[ \t]+/g, " ");
  const text = tidy.replace(/(\r\n)*$/, "");
  return text === "" && form === "relaxed" ? "" : `${text}\r\n`;
}

const parts = fc.array(fc.constantFrom("\r\n", " ", "\t", "a", "\xa0", "word", "\r\n\r\n"));

for (const form of ["simple", "relaxed"] as const) {
  test(`${form} bodies are as the book has them, in whatever pieces they come`, () => {
    fc.assert(
      fc.property(parts, anyCuts, (lines, cuts) => {
        const body = lines.join("");
        assert.equal(formed(form, body, cuts), byTheBook(form, body));
      }),
      { numRuns: 500 },
    );
  });
}

test("the example of RFC 6376 §3.4.5", () => {
  assert.equal(formed("relaxed", " C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
  assert.equal(formed("simple", " C \r\nD \t E\r\n\r\n\r\n"), " C \r\nD \t E\r\n");
});

test("no number of empty lines takes room or many passes, and a long line is one pass", () => {
  const empty = Buffer.from("\r\n".repeat(30_000));
  let longest = 0;
  for (const form of ["simple", "relaxed"] as const) {
    let passes = 0;
    const made = createBodyForm(form, (octets) => {
      passes++;
      longest = Math.max(longest, octets.length);
    });
    for (let times = 0; times < 100; times++) made.take(empty);
    for (let times = 0; times < 100; times++) made.take(Buffer.alloc(60_000, 97));
    made.finish();
    assert.ok(passes < 2_000, `${passes} passes`);
  }
  assert.ok(longest <= 60_000);
});
