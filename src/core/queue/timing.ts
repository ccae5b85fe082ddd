// What a message's sender wants of the time at which it goes: how urgent it is (RFC 6710), by when it is
// to be delivered (RFC 2852), and how long it is to wait before (RFC 4865).

export interface MessageTiming {
  /** -9 to 9; absent: 0, as most. */
  readonly priority?: number;
  readonly deliverBy?: DeliverBy;
  /** UTC milliseconds before which nothing is tried. */
  readonly releaseAt?: number;
}

export interface DeliverBy {
  /** UTC milliseconds. */
  readonly until: number;
  /** What follows where that is missed: the message returns, or goes on and its sender is told. */
  readonly missed: "return" | "notify";
  /** The sender is told of every host that it is handed to. */
  readonly traced: boolean;
}

/** The timing of a message and nothing else of it. */
export function timingOf({ priority, deliverBy, releaseAt }: MessageTiming): MessageTiming {
  return {
    ...(priority !== undefined && { priority }),
    ...(deliverBy !== undefined && { deliverBy }),
    ...(releaseAt !== undefined && { releaseAt }),
  };
}

/** The message must not be tried any more. `now` is UTC milliseconds. */
export function isTooLate(deliverBy: DeliverBy | undefined, now: number): boolean {
  return deliverBy !== undefined && deliverBy.missed === "return" && now >= deliverBy.until;
}

/** What a message that is too late failed of. */
export const tooLate = {
  status: "5.4.7",
  text: "it was not delivered in the time that its sender set (DELIVERBY)",
} as const;

/** The time of the next attempt, where it was to be `at`: there is one as the time is over, so that the
 * sender hears of it then. */
export function attemptInTime(deliverBy: DeliverBy | undefined, at: number, now: number): number {
  if (deliverBy === undefined || deliverBy.until <= now) return at;
  return Math.min(at, deliverBy.until);
}

/** The time has passed between two attempts, and the sender wants to hear of it. Where it had passed
 * before the message came to us, another host has told so (RFC 2852 §4.1.5).
 * @param lastAttempt the one before, or when the message came */
export function hasJustPassed(
  deliverBy: DeliverBy | undefined,
  lastAttempt: number,
  now: number,
): boolean {
  if (deliverBy?.missed !== "notify") return false;
  return lastAttempt < deliverBy.until && deliverBy.until <= now;
}

/** Seconds that are left, as BY counts them: less than 0 after the time, and never 0. */
export function secondsLeft({ until }: DeliverBy, now: number): number {
  const seconds = Math.floor((until - now) / 1_000);
  return Math.max(-999_999_999, seconds === 0 ? -1 : seconds);
}
