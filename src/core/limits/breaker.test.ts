import assert from "node:assert/strict";
import test from "node:test";
import { Breaker, type BreakerBounds } from "./breaker.ts";
import { WindowCount } from "./window-count.ts";

const hour = 3_600_000;
const day = 24 * hour;

const bounds: BreakerBounds = {
  messages: [
    { amount: 10, period: hour },
    { amount: 30, period: day },
  ],
  recipients: [{ amount: 50, period: hour }],
  refused: 5,
  refusedShare: 0.3,
};

test("messages of an hour and of a day are bounded apart", () => {
  const breaker = new Breaker(bounds);
  for (let count = 0; count < 10; count++) {
    assert.equal(breaker.count("messages", "alice", 0), undefined);
  }
  assert.equal(breaker.count("messages", "alice", 0), "10 messages an hour for your login");
  assert.equal(breaker.count("messages", "bob", 0), undefined);
  let passed: string | undefined;
  for (let now = hour; passed === undefined && now < day; now += hour / 9) {
    passed = breaker.count("messages", "bob", now);
  }
  assert.equal(passed, "30 messages a day for your login");
});

test("recipients do not count as messages", () => {
  const breaker = new Breaker(bounds);
  const passed = Array.from({ length: 51 }, () => breaker.count("recipients", "alice", 0));
  assert.equal(
    passed.findIndex((each) => each !== undefined),
    50,
  );
  assert.equal(breaker.count("messages", "alice", 0), undefined);
});

test("refused recipients count by their number and by their share", () => {
  const breaker = new Breaker(bounds);
  for (let count = 0; count < 20; count++) breaker.count("recipients", "alice", 0);
  const refusals = Array.from({ length: 9 }, () => breaker.countRefused("alice", "here", 0));
  // 9 of 29 are more than 30 %, 8 of 28 are not.
  assert.deepEqual(
    refusals.slice(0, 8),
    Array.from({ length: 8 }, () => undefined),
  );
  assert.equal(refusals[8], "9 of 29 recipients refused in an hour");
  for (let count = 0; count < 4; count++) {
    assert.equal(breaker.countRefused("bob", "there", 0), undefined);
  }
  assert.equal(breaker.countRefused("bob", "there", 3 * hour), undefined);
});

test("an account that is released begins anew", () => {
  const breaker = new Breaker(bounds);
  for (let count = 0; count < 11; count++) breaker.count("messages", "alice", 0);
  for (let count = 0; count < 9; count++) breaker.countRefused("alice", "here", 0);
  breaker.forget("alice", 0);
  assert.equal(breaker.count("messages", "alice", 0), undefined);
  assert.equal(breaker.countRefused("alice", "here", 0), undefined);
});

test("a window forgets what is older than it, bit by bit", () => {
  const count = new WindowCount(1000, 0);
  for (let now = 0; now < 1000; now += 10) count.add(now);
  assert.equal(count.at(999), 100);
  assert.equal(count.at(1500), 50);
  assert.equal(count.at(2000), 0);
  assert.equal(count.at(9999), 0);
});
