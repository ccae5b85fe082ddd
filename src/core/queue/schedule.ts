// When to try again, and when to give up (RFC 5321 §4.5.4.1).

export interface Waiting {
  /** Planned waits between attempts, in ms, at least one; the last one repeats. */
  readonly retry: readonly number[];
  /** How long a message may wait before it is given up, in ms. */
  readonly giveUpAfter: number;
  /** Attempts before the one that has just failed. */
  readonly attempts: number;
  /** What was credited for the waits before these attempts, in ms. */
  readonly waited: number;
  /** UTC ms of the attempt before this one; absent where this was the first. */
  readonly lastAttempt?: number;
  /** UTC ms of the attempt that has just failed. */
  readonly now: number;
  /** Random, in [0, 1): spreads the attempts of messages that failed together. */
  readonly jitter: number;
}

export type NextAttempt =
  | { readonly kind: "again"; readonly at: number; readonly waited: number }
  | { readonly kind: "expired" };

/** Waits are this much shorter or longer than planned, at random. */
const spread = 0.1;

/** The time of the next attempt (UTC ms), or that there is none. A wait is credited with what the
 * clock says, but never with more than was planned and never with less than nothing: time in which
 * the server stood still, or which a stepped clock invented, brings no message nearer to its end. */
export function nextAttempt(waiting: Waiting): NextAttempt {
  const { giveUpAfter, attempts, now, jitter } = waiting;
  const waited = waitedBy(waiting);
  if (waited >= giveUpAfter) return { kind: "expired" };
  const delay = plannedWait(waiting, attempts) * (1 - spread + 2 * spread * jitter);
  // The last attempt falls on the end of the time, not some hours before it.
  const capped = Math.max(1, Math.round(Math.min(delay, giveUpAfter - waited)));
  return { kind: "again", at: now + capped, waited };
}

/** How long it has waited by plan, when it is tried or would be: ms. */
export function waitedBy(waiting: Omit<Waiting, "jitter">): number {
  return waiting.waited + lastWait(waiting);
}

function lastWait(waiting: Omit<Waiting, "jitter">): number {
  const { attempts, lastAttempt, now } = waiting;
  if (lastAttempt === undefined || attempts === 0) return 0;
  const longest = Math.ceil(plannedWait(waiting, attempts - 1) * (1 + spread));
  return Math.min(Math.max(0, now - lastAttempt), longest);
}

function plannedWait(
  { retry, giveUpAfter }: Pick<Waiting, "retry" | "giveUpAfter">,
  attempts: number,
): number {
  return retry[Math.min(attempts, retry.length - 1)] ?? giveUpAfter;
}
