/** Time as the program sees it; tests bring their own. */
export interface Clock {
  /** UTC milliseconds; may jump. */
  readonly now: () => number;
  /** Milliseconds that never go back; for durations alone. */
  readonly elapsed: () => number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
