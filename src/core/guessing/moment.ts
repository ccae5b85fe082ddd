/** One moment on two clocks: what is kept for days goes by the date, what is counted in minutes by a
 * clock that nobody sets. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly elapsed: number;
  /** UTC milliseconds. */
  readonly utc: number;
}
