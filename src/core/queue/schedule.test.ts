import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { nextAttempt, type Waiting } from "./schedule.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;
const settings = {
  retry: [minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour],
  giveUpAfter: 5 * day,
};
const start = Date.UTC(2026, 10, 22);

test("the first failure is followed by the first wait, at most a tenth shorter or longer", () => {
  const first = { ...settings, attempts: 0, waited: 0, now: start };
  assert.deepEqual(nextAttempt({ ...first, jitter: 0 }), {
    kind: "again",
    at: start + 54_000,
    waited: 0,
  });
  assert.deepEqual(nextAttempt({ ...first, jitter: 0.5 }), {
    kind: "again",
    at: start + minute,
    waited: 0,
  });
});

test("the last wait repeats", () => {
  const late = {
    ...settings,
    attempts: 40,
    waited: day,
    lastAttempt: start - 6 * hour,
    now: start,
  };
  const next = nextAttempt({ ...late, jitter: 0.5 });
  assert.deepEqual(next, { kind: "again", at: start + 6 * hour, waited: day + 6 * hour });
});

test("the last attempt falls on the end of the time, and then it is over", () => {
  const waited = settings.giveUpAfter - 7 * hour;
  const before = {
    ...settings,
    attempts: 25,
    waited,
    lastAttempt: start - 6 * hour,
    now: start,
    jitter: 0.5,
  };
  const next = nextAttempt(before);
  assert.deepEqual(next, { kind: "again", at: start + hour, waited: settings.giveUpAfter - hour });
  const last = { ...before, attempts: 26, waited: next.waited, lastAttempt: start, now: next.at };
  assert.deepEqual(nextAttempt(last), { kind: "expired" });
});

/** The clock says something else than the time that passed, from some attempt on. */
interface ClockStep {
  readonly attempt: number;
  readonly by: number;
}

interface Life {
  /** Real time of each attempt since the first. */
  readonly times: readonly number[];
  readonly waits: readonly number[];
  readonly credits: readonly number[];
}

/** Lives through a message that nobody takes. The queue looks for what is due by the clock, and so
 * it tries at once when the clock has gone past the time, and when it has gone back (the time then
 * lies further ahead than any wait). */
function live(
  plan: Pick<Waiting, "retry" | "giveUpAfter">,
  jitters: readonly number[],
  steps: readonly ClockStep[],
): Life {
  const times: number[] = [];
  const waits: number[] = [];
  const credits: number[] = [];
  let real = 0;
  let offset = start;
  let waited = 0;
  let lastAttempt: number | undefined;
  for (let attempts = 0; attempts < 100_000; attempts++) {
    const now = real + offset;
    times.push(real);
    const jitter = jitters[attempts % jitters.length] ?? 0;
    const before = lastAttempt === undefined ? {} : { lastAttempt };
    const next = nextAttempt({ ...plan, attempts, waited, now, jitter, ...before });
    if (next.kind === "expired") return { times, waits, credits };
    waits.push(next.at - now);
    credits.push(next.waited);
    const step = steps.find(({ attempt }) => attempt === attempts)?.by ?? 0;
    offset += step;
    real += step === 0 ? next.at - now : 1;
    waited = next.waited;
    lastAttempt = now;
  }
  throw new Error("a message that never ends");
}

const plans = fc.record({
  retry: fc.array(fc.integer({ min: 5 * minute, max: 12 * hour }), { minLength: 1, maxLength: 7 }),
  giveUpAfter: fc.integer({ min: minute, max: 10 * day }),
});
const jitterList = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 1,
  maxLength: 5,
});

describe("a message that nobody takes", () => {
  test("is tried until its time is over, and not before; no wait is longer than planned", () => {
    fc.assert(
      fc.property(plans, jitterList, (plan, jitters) => {
        const { times, waits, credits } = live(plan, jitters, []);
        const end = times.at(-1) ?? 0;
        assert.ok(end >= plan.giveUpAfter, "expired too early");
        assert.ok(end <= plan.giveUpAfter + 1, "expired too late");
        assert.ok(waits.every((wait) => wait >= 1 && wait <= Math.max(...plan.retry) * 1.1 + 1));
        assert.deepEqual(
          credits,
          credits.toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 200 },
    );
  });

  test("is not expired by a clock that is stepped by a year, nor kept for it", () => {
    const anyStep = fc.record({
      attempt: fc.nat(20),
      by: fc.constantFrom(year, -year, hour, -hour),
    });
    fc.assert(
      fc.property(jitterList, anyStep, (jitters, clockStep) => {
        const { times, waits } = live(settings, jitters, [clockStep]);
        const end = times.at(-1) ?? 0;
        const longest = Math.max(...settings.retry) * 1.1;
        assert.ok(end >= settings.giveUpAfter - longest, "expired by the clock");
        assert.ok(end <= settings.giveUpAfter + longest, "kept by the clock");
        assert.ok(waits.every((wait) => wait <= longest + 1));
      }),
      { numRuns: 200 },
    );
  });

  test("is not expired by a server that stood still for a year", () => {
    const stopped = {
      ...settings,
      attempts: 1,
      waited: 0,
      lastAttempt: start - year,
      now: start,
      jitter: 0,
    };
    const next = nextAttempt(stopped);
    assert.ok(next.kind === "again");
    assert.ok(next.waited <= minute * 1.1);
  });
});
