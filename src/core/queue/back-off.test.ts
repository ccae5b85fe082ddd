import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  afterFailure,
  clockAt,
  isTryDue,
  longestBackOff,
  type Standing,
  tryBefore,
} from "./back-off.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;
const retry = [minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour];
const start = Date.UTC(2026, 10, 26);
const fresh: Standing = { clock: 0 };

function waitOf({ outage }: Standing): number {
  assert.ok(outage);
  return outage.nextTry - outage.lastTry;
}

describe("a destination that is down", () => {
  test("is tried by the schedule, but never seldomer than once an hour", () => {
    let standing = fresh;
    const waits: number[] = [];
    for (let now = start; waits.length < 7; now += waitOf(standing)) {
      standing = afterFailure(standing, { retry, now, jitter: 0.5 });
      waits.push(waitOf(standing));
    }
    assert.deepEqual(waits, [minute, 5 * minute, 15 * minute, hour, hour, hour, hour]);
    assert.equal(standing.outage?.since, start);
    assert.equal(standing.outage.tries, 7);
  });

  test("is tried less often where the operator's first wait is longer", () => {
    const standing = afterFailure(fresh, { retry: [2 * hour], now: start, jitter: 0.5 });
    assert.equal(waitOf(standing), 2 * hour);
  });

  test("is tried at the end of a message's time, but not before the shortest wait", () => {
    const failed = { retry, now: start, jitter: 0.5 };
    const late = afterFailure(afterFailure(fresh, failed), failed);
    assert.equal(waitOf(late), 5 * minute);
    assert.equal(waitOf(tryBefore(late, 2 * minute, retry)), 2 * minute);
    assert.equal(waitOf(tryBefore(late, 5, retry)), 54_000);
    assert.equal(waitOf(tryBefore(late, hour, retry)), 5 * minute);
  });

  test("makes its line's clock go by what was planned, whatever the clock on the wall does", () => {
    const steps = fc.array(fc.constantFrom(0, 0, 0, year, -year, hour, -hour), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 0.999, noNaN: true }), (all, jitter) => {
        let standing = afterFailure(fresh, { retry, now: start, jitter });
        let offset = start;
        let real = 0;
        for (const step of all) {
          const wait = waitOf(standing);
          offset += step;
          real += wait;
          const now = offset + real;
          assert.ok(isTryDue(standing.outage ?? assert.fail(), now, retry) || step < 0);
          const before = standing.clock;
          standing = afterFailure(standing, { retry, now, jitter });
          const gone = standing.clock - before;
          assert.ok(gone >= 0 && gone <= wait, `${gone} of ${wait}`);
          if (step === 0) assert.equal(gone, wait);
        }
      }),
    );
  });

  test("is tried when its next try lies beyond all plans: the clock was set back", () => {
    const { outage } = afterFailure(fresh, { retry, now: start + year, jitter: 0 });
    assert.ok(outage);
    assert.equal(isTryDue(outage, start, retry), true);
    assert.equal(isTryDue(outage, outage.nextTry - 1, retry), false);
    assert.equal(isTryDue(outage, outage.nextTry, retry), true);
    assert.ok(longestBackOff(retry) < 2 * hour);
  });
});

test("a line's clock stands still while mail goes through", () => {
  assert.equal(clockAt({ clock: 42 }, start), 42);
  const down = afterFailure({ clock: 42 }, { retry, now: start, jitter: 0.5 });
  assert.equal(clockAt(down, start + 30_000), 42 + 30_000);
  assert.equal(clockAt(down, start + year), 42 + minute);
});
