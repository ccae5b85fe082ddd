import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readReason } from "./reason-text.ts";

test("the first record that says something, its pieces joined", () => {
  assert.equal(
    readReason([[" "], ["https://l.test/", "why?ip=192.0.2.9"], ["b"]]),
    "https://l.test/why?ip=192.0.2.9",
  );
  assert.equal(readReason([]), undefined);
  assert.equal(readReason([["\r\n\0"]]), undefined);
  assert.equal(readReason([["a\r\n250 ok\0\u0007é"]]), "a 250 ok");
});

test("whatever the record holds, a short line of printable ASCII comes of it", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: "binary", maxLength: 255 }))), (records) => {
      assert.match(readReason(records) ?? "x", /^[ -~]{1,200}$/);
    }),
  );
  assert.equal(readReason([["x".repeat(100_000)]])?.length, 200);
});
