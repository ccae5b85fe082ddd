import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet } from "../../../test/support/pieces.ts";
import { createRelaxedBody } from "./relaxed-body.ts";

function relax(pieces: readonly Uint8Array[]): string {
  let text = "";
  const body = createRelaxedBody((relaxed) => {
    text += String.fromCharCode(...relaxed);
  });
  for (const piece of pieces) body.take(piece);
  body.finish();
  return text;
}

function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** RFC 6376 §3.4.4 word by word, for a text that is at hand. */
function byTheBook(text: string): string {
  const lines = text.split("\r\n").map((line) => line.replaceAll(/[ \t]+/g, " ").replace(/ $/, ""));
  while (lines.at(-1) === "") lines.pop();
  return lines.map((line) => `${line}\r\n`).join("");
}

describe("a relaxed body", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["of RFC 6376 §3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"],
    ["that is empty", "", ""],
    ["of empty lines alone", "\r\n \t\r\n\r\n", ""],
    ["without a last line end", "a\r\nb", "a\r\nb\r\n"],
    ["with empty lines inside", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"],
    ["with control characters", "\0a\x0bb\r\n", "\0a\x0bb\r\n"],
  ];
  for (const [name, given, wanted] of cases) {
    test(name, () => {
      assert.equal(relax([octets(given)]), wanted);
      assert.equal(relax(octetByOctet(octets(given))), wanted);
      assert.equal(byTheBook(given), wanted);
    });
  }

  test("is the same in whatever pieces it comes", () => {
    const text = fc
      .array(fc.constantFrom("\r\n", "\r\n", " ", "\t", "a", "bc", "=20"), { maxLength: 60 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, anyCuts, (given, cuts) => {
        assert.equal(relax(inPieces(octets(given), cuts)), byTheBook(given));
      }),
    );
  });

  test("may hold many empty lines, which take no memory", () => {
    let longest = 0;
    let total = 0;
    const body = createRelaxedBody((piece) => {
      longest = Math.max(longest, piece.length);
      total += piece.length;
    });
    const empty = octets("\r\n".repeat(1000));
    for (let count = 0; count < 1000; count++) body.take(empty);
    body.take(octets("a"));
    body.finish();
    assert.equal(total, 2_000_003);
    assert.ok(longest <= 8192, String(longest));
  });
});
