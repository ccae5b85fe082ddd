import assert from "node:assert/strict";
import { test } from "node:test";
import { readLogTime } from "./log-time.ts";

const now = Date.parse("2026-01-02T10:00:00Z");
const utc = { now, fromLocal: (at: number) => at };
const east = { now, fromLocal: (at: number) => at - 3_600_000 };

test("times with and without a year, zone and fraction", () => {
  const expected: readonly (readonly [string, string | undefined])[] = [
    ["Jan  2 09:53:48 mail x: y", "2026-01-02T09:53:48Z"],
    ["Dec 31 09:53:48 mail x: y", "2025-12-31T09:53:48Z"],
    ["Jan  3 09:53:48 mail x: y", "2026-01-03T09:53:48Z"],
    ["Jan  4 09:53:48 mail x: y", "2025-01-04T09:53:48Z"],
    ["2026-01-02T09:53:48.123456+00:00 mail x: y", "2026-01-02T09:53:48.123Z"],
    ["2026-01-02T09:53:48+0130 mail x: y", "2026-01-02T08:23:48Z"],
    ["2026-01-02 09:53:48 mail x: y", "2026-01-02T09:53:48Z"],
    ["2026-01-02 09:53:48,5 mail x: y", "2026-01-02T09:53:48.5Z"],
    ["Foo  2 09:53:48 mail x: y", undefined],
    ["Jan 99 09:53:48 mail x: y", undefined],
    ["2026-13-02T09:53:48Z mail", undefined],
    [" Jan  2 09:53:48 mail", undefined],
    ["", undefined],
  ];
  for (const [line, iso] of expected) {
    const at = iso === undefined ? undefined : Date.parse(iso);
    assert.equal(readLogTime(line, utc), at, line);
  }
});

test("a time without a zone is this machine's", () => {
  assert.equal(readLogTime("Jan  2 09:53:48 mail", east), Date.parse("2026-01-02T08:53:48Z"));
  assert.equal(readLogTime("2026-01-02T09:53:48 x", east), Date.parse("2026-01-02T08:53:48Z"));
  assert.equal(readLogTime("2026-01-02T09:53:48Z x", east), Date.parse("2026-01-02T09:53:48Z"));
});
