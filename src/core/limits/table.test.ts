import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { Rate } from "./bucket.ts";
import { createLimitTable, type LimitTable } from "./table.ts";

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** Takes one piece if there is room. */
function tries(table: LimitTable, key: string, now: number): boolean {
  if (!table.hasRoom(key, now)) return false;
  table.take(key, now);
  return true;
}

function countAccepted(table: LimitTable, key: string, now: number, attempts: number): number {
  return Array.from({ length: attempts }, () => tries(table, key, now)).filter(Boolean).length;
}

const anyRate: fc.Arbitrary<Rate> = fc.record({
  amount: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000_000 })),
  period: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 24 * 24 * hour })),
});

describe("a bucket", () => {
  test("lets its amount through at once, then one after each share of the period, to the millisecond", () => {
    const table = createLimitTable({ amount: 100, period: hour }, 10);
    assert.equal(countAccepted(table, "a", 0, 200), 100);
    for (const at of [36_000, 72_000, 108_000]) {
      assert.equal(tries(table, "a", at - 1), false);
      assert.equal(countAccepted(table, "a", at, 3), 1);
    }
    assert.equal(countAccepted(table, "a", 108_000 + hour - 1, 200), 99);
    assert.equal(countAccepted(table, "a", 108_000 + 3 * hour, 200), 100);
  });

  test("loses nothing to rounding where the share is no whole number", () => {
    const table = createLimitTable({ amount: 7, period: 1000 }, 10);
    assert.equal(countAccepted(table, "a", 0, 10), 7);
    let accepted = 0;
    for (let now = 1; now <= 10_000; now++) accepted += countAccepted(table, "a", now, 2);
    assert.equal(accepted, 70);
  });

  test("is for its key alone", () => {
    const table = createLimitTable({ amount: 1, period: hour }, 10);
    assert.equal(tries(table, "a", 0), true);
    assert.equal(tries(table, "b", 0), true);
    assert.equal(tries(table, "a", 0), false);
  });

  test("does not notice being asked", () => {
    const table = createLimitTable({ amount: 1, period: hour }, 10);
    for (let ask = 0; ask < 10; ask++) assert.equal(table.hasRoom("a", ask), true);
    assert.equal(table.size, 0);
  });

  test("goes on from there when the clock goes back by a year, and is full at most when it jumps ahead", () => {
    const table = createLimitTable({ amount: 10, period: hour }, 10);
    assert.equal(countAccepted(table, "a", year, 20), 10);
    assert.equal(tries(table, "a", 0), false);
    assert.equal(countAccepted(table, "a", hour / 10, 20), 1);
    assert.equal(countAccepted(table, "a", 2 * year, 20), 10);
    assert.equal(countAccepted(table, "a", 5, 20), 0);
    assert.equal(countAccepted(table, "a", 5 + hour, 20), 10);
  });

  test("lets through no more in any stretch of time than its amount and what flows back in it", () => {
    const anyTimes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(anyRate, anyTimes, ({ amount, period }, gaps) => {
        const rate = { amount: Math.min(amount, 5), period };
        const step = Math.max(1, Math.floor(period / 30));
        const table = createLimitTable(rate, 10);
        const accepted: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap * step;
          while (tries(table, "a", now)) accepted.push(now);
        }
        accepted.forEach((from, first) =>
          accepted.slice(first).forEach((to, further) => {
            const most = rate.amount + Math.floor((rate.amount * (to - from)) / period);
            assert.ok(further + 1 <= most, `${further + 1} from ${from} to ${to}`);
          }),
        );
      }),
    );
  });

  test("has between nothing and its amount after any jumps of the clock", () => {
    const anyClock = fc.array(fc.integer({ min: -year, max: year }), { maxLength: 20 });
    fc.assert(
      fc.property(anyRate, anyClock, ({ amount, period }, times) => {
        const rate = { amount: Math.min(amount, 50), period };
        const table = createLimitTable(rate, 10);
        for (const now of times) {
          assert.ok(countAccepted(table, "a", now, 200) <= rate.amount);
          // A whole period later, it is all there again.
          assert.equal(countAccepted(table, "a", now + period, 200), rate.amount);
        }
      }),
    );
  });
});

describe("a table of buckets", () => {
  const rate = { amount: 10, period: hour };

  test("is bounded under 100,000 addresses", () => {
    const table = createLimitTable(rate, 1000);
    for (let index = 0; index < 100_000; index++) {
      assert.equal(tries(table, `a${index}`, index), true);
      assert.ok(table.size <= 1000);
    }
  });

  test("does not forget who is used up in a flood of 100,000 new addresses", () => {
    const table = createLimitTable(rate, 1000);
    const spammers = Array.from({ length: 900 }, (_, index) => `spammer ${index}`);
    for (const key of spammers) assert.equal(countAccepted(table, key, 0, 20), 10);
    for (let index = 0; index < 100_000; index++) countAccepted(table, `new ${index}`, 1, 4);
    for (const key of spammers) assert.equal(tries(table, key, 1), false);
  });

  test("forgets those first that are full again", () => {
    const table = createLimitTable(rate, 3);
    countAccepted(table, "used up", 0, 10);
    tries(table, "first", 0);
    tries(table, "second", hour / 2);
    tries(table, "third", hour / 2); // "first" has had its piece back, and makes room
    assert.equal(table.size, 3);
    assert.equal(countAccepted(table, "second", hour / 2, 20), 9);
    assert.equal(countAccepted(table, "used up", hour / 2, 20), 5);
  });

  test("shrinks when there is less to remember", () => {
    const table = createLimitTable(rate, 1000);
    for (let index = 0; index < 1000; index++) tries(table, `a${index}`, 0);
    for (let index = 0; index < 600; index++) tries(table, `b${index % 300}`, hour);
    assert.ok(table.size <= 1000 - 300 + 1, `${table.size} buckets`);
  });

  test("forgets the oldest of those that are half used only where all are", () => {
    const table = createLimitTable(rate, 2);
    for (const [index, key] of ["a", "b", "c"].entries()) {
      assert.equal(countAccepted(table, key, index, 20), 10);
    }
    assert.deepEqual(
      ["b", "c"].map((key) => table.hasRoom(key, 3)),
      [false, false],
    );
    assert.equal(table.hasRoom("a", 3), true);
  });

  test("treats whoever is half used as an endless table would, whatever newcomers do", () => {
    const small = { amount: 4, period: 40 };
    const anyMove = fc.record({
      wait: fc.integer({ min: 0, max: 19 }), // less than half of it comes back
      newcomers: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 100 }), (moves) => {
        const bounded = createLimitTable(small, 5);
        const endless = createLimitTable(small, 1_000_000);
        let now = 0;
        for (const [move, { wait, newcomers }] of moves.entries()) {
          now += wait;
          const accepted = [bounded, endless].map((table) =>
            countAccepted(table, "spammer", now, 10),
          );
          assert.equal(accepted[0], accepted[1]);
          for (let index = 0; index < newcomers; index++) {
            for (const table of [bounded, endless]) tries(table, `new ${move} ${index}`, now);
          }
          assert.equal(bounded.hasRoom("spammer", now), false);
          assert.equal(endless.hasRoom("spammer", now), false);
          assert.ok(bounded.size <= 5);
        }
      }),
    );
  });
});
