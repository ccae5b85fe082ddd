import assert from "node:assert/strict";
import { test } from "node:test";
import { worthlessBefore, worthOf } from "./known-recipient.ts";

const hour = 3_600_000;
const day = 24 * hour;

test("who exists is believed for a day, and for a month while there is no better word", () => {
  const known = { key: "a@b.test", exists: true, said: "", askedAt: 0 };
  assert.equal(worthOf(known, day - 1), "fresh");
  assert.equal(worthOf(known, day), "stale");
  assert.equal(worthOf(known, 31 * day - 1), "stale");
  assert.equal(worthOf(known, 31 * day), "none");
});

test("who does not exist may be there an hour later, and is surely asked about again after three days", () => {
  const known = { key: "a@b.test", exists: false, said: "", askedAt: 0 };
  assert.equal(worthOf(known, hour - 1), "fresh");
  assert.equal(worthOf(known, hour), "stale");
  assert.equal(worthOf(known, 3 * day), "none");
});

test("what was said by a clock that ran ahead is no fresh news", () => {
  assert.equal(worthOf({ key: "a@b.test", exists: false, said: "", askedAt: day }, 0), "stale");
});

test("what is forgotten is worth nothing", () => {
  const now = 100 * day;
  const { yes, no } = worthlessBefore(now);
  assert.equal(worthOf({ key: "", exists: true, said: "", askedAt: yes }, now), "none");
  assert.equal(worthOf({ key: "", exists: true, said: "", askedAt: yes + 1 }, now), "stale");
  assert.equal(worthOf({ key: "", exists: false, said: "", askedAt: no }, now), "none");
  assert.equal(worthOf({ key: "", exists: false, said: "", askedAt: no + 1 }, now), "stale");
});
