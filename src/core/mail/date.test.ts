import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatDate } from "./date.ts";

test("a time is written as RFC 5322 has it, in UTC", () => {
  assert.equal(formatDate(Date.UTC(2026, 10, 22, 10, 11, 12)), "Sun, 22 Nov 2026 10:11:12 +0000");
  assert.equal(formatDate(0), "Thu, 01 Jan 1970 00:00:00 +0000");
  assert.equal(
    formatDate(Date.UTC(2028, 1, 29, 23, 59, 59, 999)),
    "Tue, 29 Feb 2028 23:59:59 +0000",
  );
});

test("what was written reads back to the same second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 0) }), (time) => {
      assert.equal(Date.parse(formatDate(time)), time - (time % 1000));
    }),
  );
});
