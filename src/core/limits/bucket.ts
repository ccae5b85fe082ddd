// The token bucket: an allowance that is used up piece by piece and flows back evenly. A rate of 100
// an hour lets 100 through at once, and from then on one every 36 seconds: in a stretch of time t
// never more than 100 + 100 t / 1 h.

/** So much in so much time. `amount * period` is less than 2^53: see `Use`. */
export interface Rate {
  /** Pieces, 1 or more. */
  readonly amount: number;
  /** Milliseconds. */
  readonly period: number;
}

/** How much of an allowance is used, and when that was so. It is counted in parts of which a piece has
 * `period` and of which `amount` flow back in a millisecond: so all numbers are whole, and nothing is
 * won or lost by rounding. */
export interface Use {
  readonly used: number;
  /** Whole milliseconds on a clock that does not go back. */
  readonly at: number;
}

export const unused: Use = { used: 0, at: 0 };

/** The use as it is at `now`. Should the clock go back all the same, nothing flows back for that
 * stretch, and counting goes on from there; however far it jumps ahead, the allowance is full at most. */
export function useAt({ used, at }: Use, rate: Rate, now: number): Use {
  const time = Math.floor(now);
  const flowedBack = Math.max(0, time - at) * rate.amount;
  return { used: Math.max(0, used - flowedBack), at: time };
}

/** Whether one piece more fits into the allowance. */
export function hasRoom({ used }: Use, { amount, period }: Rate): boolean {
  return used + period <= amount * period;
}

export function withOneMore({ used, at }: Use, { period }: Rate): Use {
  return { used: used + period, at };
}

/** Pieces that are used; one that has flowed back in part counts as a whole one. */
export function piecesOf({ used }: Use, { period }: Rate): number {
  return Math.ceil(used / period);
}

/** @param pieces may be a fraction; what cannot be given back in whole parts stays used. */
export function withFewer({ used, at }: Use, { period }: Rate, pieces: number): Use {
  return { used: Math.max(0, used - Math.floor(pieces * period)), at };
}

/** Whether half of the allowance or more is used. */
export function isHalfUsed({ used }: Use, { amount, period }: Rate): boolean {
  return used * 2 >= amount * period;
}

export function isSameRate(one: Rate | undefined, other: Rate | undefined): boolean {
  return one?.amount === other?.amount && one?.period === other?.period;
}

/** Milliseconds until one piece more fits; 0 where it does now. */
export function waitForRoom({ used }: Use, { amount, period }: Rate): number {
  return Math.ceil(Math.max(0, used + period - amount * period) / amount);
}

/** Pieces that fit now. */
export function roomLeft({ used }: Use, { amount, period }: Rate): number {
  return Math.max(0, Math.floor((amount * period - used) / period));
}
