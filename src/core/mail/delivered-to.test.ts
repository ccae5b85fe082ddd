import assert from "node:assert/strict";
import { test } from "node:test";
import { endOfHeader, readDeliveredTo } from "./delivered-to.ts";

const octets = (text: string) => new TextEncoder().encode(text);

test("the header ends at the first empty line, where one has come", () => {
  for (const [text, end] of [
    ["A: 1\r\n\r\nB: 2\r\n", 6],
    ["A: 1\n\nB: 2\n", 5],
    ["\r\nbody", 0],
    ["A: 1\r\n", undefined],
    ["A: 1\r\n\r", undefined],
    ["A: 1", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(endOfHeader(octets(text)), end, JSON.stringify(text));
  }
});

test("all addresses where it has been are found, however they are written", () => {
  const header = [
    "Delivered-To: Info@Example.ORG",
    "X-Delivered-To: no@example.org",
    "delivered-to:<plain@example.org>",
    'DELIVERED-TO: "a b"@example.org',
    "Subject: Delivered-To: no@example.org",
    "Delivered-To:",
    "\tfolded@example.org ",
    "Delivered-To: no address",
    "Delivered-To: müller@example.org",
    "",
  ];
  for (const lineEnd of ["\r\n", "\n"]) {
    assert.deepEqual(readDeliveredTo(octets(header.join(lineEnd))), [
      "info@example.org",
      "plain@example.org",
      "a b@example.org",
      "folded@example.org",
      "müller@example.org",
    ]);
  }
});
