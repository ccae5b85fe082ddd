import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet, octetsRichIn } from "../../../../test/support/pieces.ts";
import { type ContentFault, createContentCheck } from "./content-check.ts";

function faultOf(pieces: readonly Uint8Array[], maxSize: number): ContentFault | undefined {
  const check = createContentCheck(maxSize);
  for (const piece of pieces) check.pass(piece);
  return check.finish().fault;
}

/** The fault that shows first, found with regular expressions on the whole. */
function oracle(octets: Uint8Array, maxSize: number): ContentFault | undefined {
  const text = Buffer.from(octets).toString("latin1");
  const bare = /\r(?!\n)|(?<!\r)\n/.exec(text);
  // A bare CR shows at the octet behind it.
  const shows = bare === null ? Infinity : bare.index + (bare[0] === "\r" ? 1 : 0);
  if (text.length > maxSize && maxSize <= shows) return "too-big";
  if (bare === null) return undefined;
  return bare[0] === "\r" ? "bare-cr" : "bare-lf";
}

describe("the content check", () => {
  test("finds the first fault, in whatever pieces a message arrives", () => {
    const message = octetsRichIn("\r\n", "\r\n", "\r", "\n", "text", "\xff");
    fc.assert(
      fc.property(message, fc.nat(60), anyCuts, (octets, maxSize, cuts) => {
        const expected = oracle(octets, maxSize);
        assert.equal(faultOf([octets], maxSize), expected);
        assert.equal(faultOf(octetByOctet(octets), maxSize), expected);
        assert.equal(faultOf(inPieces(octets, cuts), maxSize), expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("counts the octets of a faultless message and sees any above 127", () => {
    const message = octetsRichIn("\r\n", "text", "\xff").filter(
      (octets) => oracle(octets, Infinity) === undefined,
    );
    fc.assert(
      fc.property(message, anyCuts, (octets, cuts) => {
        const check = createContentCheck(octets.length);
        for (const piece of inPieces(octets, cuts)) assert.equal(check.pass(piece), true);
        const eightBit = octets.some((octet) => octet > 127);
        assert.deepEqual(check.finish().traits, { size: octets.length, eightBit });
      }),
    );
  });

  test("takes no octet more once there is a fault", () => {
    const check = createContentCheck(100);
    assert.equal(check.pass(Buffer.from("a\nb")), false);
    assert.equal(check.pass(Buffer.from("c\r\n")), false);
  });

  test("lets the next chunk bring the LF for a CR, but not the end", () => {
    const check = createContentCheck(100);
    check.pass(Buffer.from("a\r"));
    assert.equal(check.soFar().fault, undefined);
    check.pass(Buffer.from("\n"));
    assert.equal(check.finish().fault, undefined);
    check.pass(Buffer.from("b\r"));
    assert.equal(check.finish().fault, "bare-cr");
  });
});
