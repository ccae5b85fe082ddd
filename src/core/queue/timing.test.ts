import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptInTime, type DeliverBy, hasJustPassed, isTooLate, secondsLeft } from "./timing.ts";

const returns: DeliverBy = { until: 10_000, missed: "return", traced: false };
const notifies: DeliverBy = { ...returns, missed: "notify" };

test("only a message that returns is ever too late", () => {
  assert.deepEqual(
    [9_999, 10_000].map((now) => isTooLate(returns, now)),
    [false, true],
  );
  assert.equal(isTooLate(notifies, 20_000), false);
  assert.equal(isTooLate(undefined, 20_000), false);
});

test("there is an attempt as the time is over, and none is put forward after it", () => {
  assert.equal(attemptInTime(returns, 12_000, 5_000), 10_000);
  assert.equal(attemptInTime(notifies, 8_000, 5_000), 8_000);
  assert.equal(attemptInTime(notifies, 12_000, 10_000), 12_000);
  assert.equal(attemptInTime(undefined, 12_000, 5_000), 12_000);
});

test("that the time has passed is found once, and not of what came too late to us", () => {
  assert.deepEqual(
    [
      [0, 9_999],
      [9_999, 10_000],
      [10_000, 11_000],
      [10_001, 11_000],
    ].map(([last = 0, now = 0]) => hasJustPassed(notifies, last, now)),
    [false, true, false, false],
  );
  assert.equal(hasJustPassed(returns, 0, 20_000), false);
});

test("the seconds that are left are never 0, nor more than nine digits", () => {
  const left = [0, 9_000, 9_001, 10_000, 10_999, 12_500].map((now) => secondsLeft(returns, now));
  assert.deepEqual(left, [10, 1, -1, -1, -1, -3]);
  assert.equal(secondsLeft(returns, 2e12), -999_999_999);
});
