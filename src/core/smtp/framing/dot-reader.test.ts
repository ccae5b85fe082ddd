import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet, octetsRichIn } from "../../../../test/support/pieces.ts";
import { createDotReader } from "./dot-reader.ts";

interface Message {
  readonly content: string;
  /** Octets from the beginning of the stream to behind the final dot; absent while it goes on. */
  readonly end: number | undefined;
}

function readMessage(pieces: readonly Uint8Array[]): Message {
  const reader = createDotReader();
  let content = "";
  let before = 0;
  for (const piece of pieces) {
    const end = reader.read(piece, 0, (octets) => {
      content += Buffer.from(octets).toString("latin1");
    });
    if (end !== undefined) return { content, end: before + end };
    before += piece.length;
  }
  return { content, end: undefined };
}

/** RFC 5321 §4.5.2 by search and replace. The stream has to hold a final dot. */
function oracle(octets: Uint8Array): Message {
  const text = "\r\n" + Buffer.from(octets).toString("latin1");
  const end = text.indexOf("\r\n.\r\n");
  const content = text.slice(0, end + 2).replaceAll("\r\n.", "\r\n");
  return { content: content.slice(2), end: end + 3 };
}

function read(text: string): Message {
  return readMessage([Buffer.from(text, "latin1")]);
}

describe("the dot reader", () => {
  test("agrees with search and replace, in whatever pieces a stream arrives", () => {
    const stream = octetsRichIn("\r\n", "\r", "\n", ".", "\r\n.", ".\r", "\r\n.\r\n", "text");
    fc.assert(
      fc.property(stream, anyCuts, (octets, cuts) => {
        const ended = Buffer.concat([octets, Buffer.from("\r\n.\r\nQUIT\r\n")]);
        const expected = oracle(ended);
        assert.deepEqual(readMessage([ended]), expected);
        assert.deepEqual(readMessage(octetByOctet(ended)), expected);
        assert.deepEqual(readMessage(inPieces(ended, cuts)), expected);
      }),
      { numRuns: 500 },
    );
  });

  test("begins at the start of a line, so that a lone dot is an empty message", () => {
    assert.deepEqual(read(".\r\nQUIT\r\n"), { content: "", end: 3 });
  });

  test("reads on from an offset", () => {
    const end = createDotReader().read(Buffer.from("DATA\r\n.\r\n"), 6, () => assert.fail());
    assert.equal(end, 9);
  });

  for (const end of ["\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n.\r\r\n", "\r.\r"]) {
    test(`does not end at ${JSON.stringify(end)}`, () => {
      assert.equal(read(`text${end}MAIL FROM:<>\r\n`).end, undefined);
    });
  }

  test("takes one dot off each line that begins with one", () => {
    assert.equal(read("..\r\n..a\r\n.b\r\nc.\r\n.\r\n").content, ".\r\n.a\r\nb\r\nc.\r\n");
  });
});
