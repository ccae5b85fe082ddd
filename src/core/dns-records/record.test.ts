import assert from "node:assert/strict";
import { test } from "node:test";
import { formatData, formatRecord } from "./record.ts";

const text = (value: string) => formatData({ name: "x.test", type: "TXT", text: value });

test("texts are quoted, and cut where a string is full", () => {
  assert.equal(text(""), '""');
  assert.equal(text('a "b" c\\d;'), '"a \\"b\\" c\\\\d;"');
  assert.equal(text("ä\t"), '"\\195\\164\\009"');
  assert.equal(text("x".repeat(255)), `"${"x".repeat(255)}"`);
  assert.equal(text("x".repeat(256)), `"${"x".repeat(255)}" "x"`);
  // The limit is one of octets, not of how they are written.
  assert.equal(text('"'.repeat(255)), `"${'\\"'.repeat(255)}"`);
});

test("names end in a dot, once", () => {
  const record = { name: "x.test", type: "SRV", priority: 0, weight: 0, port: 0 } as const;
  assert.equal(formatRecord({ ...record, target: "." }), "x.test. 3600 IN SRV 0 0 0 .");
  assert.equal(formatRecord({ ...record, target: "y.test" }), "x.test. 3600 IN SRV 0 0 0 y.test.");
});
