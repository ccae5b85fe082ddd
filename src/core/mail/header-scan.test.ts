import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet } from "../../../test/support/pieces.ts";
import { createHeaderScan } from "./header-scan.ts";

function hops(pieces: readonly Uint8Array[]): number {
  const scan = createHeaderScan();
  for (const piece of pieces) scan.pass(piece);
  return scan.hops;
}

/** The header's lines, each looked at as a whole. */
function oracle(lines: readonly string[]): number {
  const end = lines.indexOf("");
  const header = end === -1 ? lines : lines.slice(0, end);
  return header.filter((line) => /^received:/i.test(line)).length;
}

describe("the header scan", () => {
  test("counts Received fields, in whatever pieces a message arrives", () => {
    const line = fc.constantFrom(
      "Received: from a by b",
      "RECEIVED:",
      "received:x",
      "Received",
      "Receive: x",
      "Received-SPF: pass",
      "X-Received: x",
      " Received: folded",
      "\tReceived: folded",
      "Subject: Received: x",
      "R",
      "Return-Path: <>",
      "",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), anyCuts, (lines, cuts) => {
        const octets = Buffer.from(lines.map((each) => `${each}\r\n`).join(""));
        const expected = oracle(lines);
        assert.equal(hops([octets]), expected);
        assert.equal(hops(octetByOctet(octets)), expected);
        assert.equal(hops(inPieces(octets, cuts)), expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("counts none in the body", () => {
    assert.equal(hops([Buffer.from("Received: a\r\n\r\nReceived: b\r\n")]), 1);
    assert.equal(hops([Buffer.from("\r\nReceived: b\r\n")]), 0);
  });

  test("counts a field whose line has no end yet", () => {
    assert.equal(hops([Buffer.from("received:")]), 1);
    assert.equal(hops([Buffer.from("received")]), 0);
  });
});
