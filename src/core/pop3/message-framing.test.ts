import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet, octetsRichIn } from "../../../test/support/pieces.ts";
import { frameMessage } from "./message-framing.ts";

/** What the client gets of a message that comes in pieces. */
function frame(pieces: readonly Uint8Array[], bodyLines?: number): string {
  const framing = frameMessage(bodyLines);
  const framed = pieces.map((piece) => framing.push(piece).slice());
  return Buffer.concat([...framed, framing.end()]).toString("latin1");
}

/** The client's side, as RFC 1939 §3 tells it, line by line. */
function unframe(wire: string): { readonly content: string; readonly after: string } {
  const lines = wire.split("\r\n");
  const end = lines.indexOf(".");
  assert.notEqual(end, -1, "there is no end");
  const content = lines.slice(0, end).map((line) => `${line.replace(/^\./, "")}\r\n`);
  return { content: content.join(""), after: lines.slice(end + 1).join("\r\n") };
}

/** What is to arrive of a stored message: every LF as CR LF, and one at the end. */
function asSent(stored: Uint8Array): string {
  const lines = Buffer.from(stored).toString("latin1").replaceAll(/\r?\n/g, "\r\n");
  return lines === "" || lines.endsWith("\r\n") ? lines : `${lines}\r\n`;
}

const message = octetsRichIn("\n", "\r\n", "\r", ".", "\n.", "\n.\n", "\r\n.\r\n", "\n\n", "a");
const lineCount = fc.constantFrom(undefined, 0, 1, 2, 5, 999_999_999_999);

describe("a message", () => {
  test("arrives as it is stored, with CR LF, and nothing of it ends the reply", () => {
    fc.assert(
      fc.property(message, (octets) => {
        assert.deepEqual(unframe(frame([octets])), { content: asSent(octets), after: "" });
      }),
      { numRuns: 2_000 },
    );
  });

  test("is the same octets in whatever pieces it is read", () => {
    fc.assert(
      fc.property(message, anyCuts, lineCount, (octets, cuts, bodyLines) => {
        const whole = frame([octets], bodyLines);
        assert.equal(frame(inPieces(octets, cuts), bodyLines), whole);
        assert.equal(frame(octetByOctet(octets), bodyLines), whole);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("TOP", () => {
  test("is the lines up to the first empty one, and so many behind it", () => {
    fc.assert(
      fc.property(message, fc.nat(4), (octets, bodyLines) => {
        const lines = asSent(octets).split("\r\n").slice(0, -1);
        const empty = lines.indexOf("");
        const count = empty === -1 ? lines.length : empty + 1 + bodyLines;
        const expected = lines.slice(0, count).map((line) => `${line}\r\n`);
        assert.equal(unframe(frame([octets], bodyLines)).content, expected.join(""));
      }),
      { numRuns: 2_000 },
    );
  });

  test("says when it needs no more of the message", () => {
    const framing = frameMessage(1);
    const pieces = ["Subject: x\n", "\r\n", "one\n", "two\n"].map((text) => Buffer.from(text));
    const complete = pieces.map((piece) => {
      framing.push(piece);
      return framing.isComplete;
    });
    assert.deepEqual(complete, [false, false, true, true]);
    assert.equal(Buffer.from(framing.end()).toString(), ".\r\n");
  });

  test("of all lines needs all of the message", () => {
    const framing = frameMessage(undefined);
    framing.push(Buffer.from("\n\n\n\n"));
    assert.equal(framing.isComplete, false);
  });
});
