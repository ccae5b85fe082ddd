import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet } from "../../../test/support/pieces.ts";
import { HeaderScan } from "./header-scan.ts";

function hops(pieces: readonly Uint8Array[]): number {
  const scan = new HeaderScan();
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

  const optional = [
    "TLS-Required: No\r\n",
    "tls-required:no\r\n",
    "TLS-REQUIRED: \t nO \r\n",
    "TLS-Required:\r\n No\r\n",
    "TLS-Required: No\r\n \r\n",
    "Received: x\r\nTLS-Required: No\r\nSubject: y\r\n",
    "TLS-Required: Yes\r\nTLS-Required: No\r\n",
  ];
  const usual = [
    "TLS-Required: Yes\r\n",
    "TLS-Required: No, please\r\n",
    "TLS-Required: No\r\n thing\r\n",
    "TLS-Required:\r\n",
    "TLS-Required\r\n",
    "TLS-Require: No\r\n",
    "X-TLS-Required: No\r\n",
    " TLS-Required: No\r\n",
    "Subject: x\r\n TLS-Required: No\r\n",
    "\r\nTLS-Required: No\r\n",
    `TLS-Required: ${"n".repeat(1_000)}\r\n`,
    "",
  ];
  for (const [headers, expected] of [
    [optional, true],
    [usual, false],
  ] as const) {
    for (const header of headers) {
      test(`${expected ? "TLS is optional" : "nothing is said of TLS"}: ${JSON.stringify(header.slice(0, 60))}`, () => {
        const octets = Buffer.from(`${header}\r\nbody\r\n`);
        for (const pieces of [[octets], octetByOctet(octets)]) {
          const scan = new HeaderScan();
          for (const piece of pieces) scan.pass(piece);
          assert.equal(scan.isTlsOptional, expected);
        }
      });
    }
  }

  test("counts a field whose line has no end yet", () => {
    assert.equal(hops([Buffer.from("received:")]), 1);
    assert.equal(hops([Buffer.from("received")]), 0);
  });
});
