// When to try a destination again that could not be reached, and how long it has been so by plan. Its
// messages stand in line meanwhile; the line has a clock of its own, in which they wait.

/** A destination that is down. Times are UTC milliseconds. */
export interface Outage {
  readonly since: number;
  readonly lastTry: number;
  readonly nextTry: number;
  /** Failed tries in a row, from 1. */
  readonly tries: number;
}

/** A line's clock goes on only while its destination is down, and by no more than was planned: a
 * server that stood still, or a clock that was set, brings no message nearer to its end. */
export interface Standing {
  /** Milliseconds; only grows. */
  readonly clock: number;
  /** Absent while mail goes through. */
  readonly outage?: Outage;
}

export interface FailedTry {
  /** As for messages (schedule.ts). */
  readonly retry: readonly number[];
  /** UTC milliseconds. */
  readonly now: number;
  /** Random, in [0, 1): spreads the tries of destinations that failed together. */
  readonly jitter: number;
}

/** Waits are this much shorter or longer than planned, at random. */
const spread = 0.1;
/** One try an hour is nothing to a host, and serves all that waits for it: so the long waits that are
 * planned for a message are not for its destination. */
const longestWait = 3_600_000;

/** The longest time that may be planned between two tries, in ms. */
export function longestBackOff(retry: readonly number[]): number {
  return Math.ceil(Math.max(...retry.map((_, tries) => plannedWait(retry, tries))) * (1 + spread));
}

/** What the line's clock says between two tries. */
export function clockAt({ clock, outage }: Standing, now: number): number {
  return clock + creditOf(outage, now);
}

/** After a try that did not come to a connection that takes mail. */
export function afterFailure(before: Standing, { retry, now, jitter }: FailedTry): Standing {
  const tries = before.outage?.tries ?? 0;
  const wait = plannedWait(retry, tries) * (1 - spread + 2 * spread * jitter);
  return {
    clock: clockAt(before, now),
    outage: {
      since: before.outage?.since ?? now,
      lastTry: now,
      nextTry: now + Math.max(1, Math.round(wait)),
      tries: tries + 1,
    },
  };
}

/** The next try comes earlier where a message's time ends before it, so that the message is tried
 * once more at its end; but never sooner than the shortest wait.
 * @param left until the first message's time ends, by the line's clock */
export function tryBefore(
  { clock, outage }: Standing,
  left: number,
  retry: readonly number[],
): Standing {
  if (outage === undefined) return { clock };
  const soonest = Math.max(1, Math.round(Math.min(...retry) * (1 - spread)));
  const nextTry = Math.min(outage.nextTry, outage.lastTry + Math.max(soonest, left));
  return { clock, outage: { ...outage, nextTry } };
}

/** Whether to try again. What is planned for later than any plan allows was planned by a clock that
 * has been set back since. */
export function isTryDue({ nextTry }: Outage, now: number, retry: readonly number[]): boolean {
  return nextTry <= now || nextTry > now + longestBackOff(retry);
}

function plannedWait(retry: readonly number[], tries: number): number {
  const first = retry[0] ?? longestWait;
  const wait = retry[Math.min(tries, retry.length - 1)] ?? first;
  return Math.min(wait, Math.max(first, longestWait));
}

function creditOf(outage: Outage | undefined, now: number): number {
  if (outage === undefined) return 0;
  const planned = Math.max(0, outage.nextTry - outage.lastTry);
  return Math.min(Math.max(0, now - outage.lastTry), planned);
}
