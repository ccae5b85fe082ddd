// Time for grants: UTC as it was when the program started, and from then on as durations tell. Whoever
// sets the clock of the host neither ends a grant nor prolongs it.

import type { Clock } from "../../io/process/clock.ts";

export class SteadyTime {
  readonly #clock: Clock;
  readonly #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.elapsed();
  }

  now(): number {
    return this.#offset + this.#clock.elapsed();
  }

  /** What the host's clock says, or will say, at that time. */
  toUtc(time: number): number {
    return Math.round(time + this.#step());
  }

  fromUtc(utc: number): number {
    return utc - this.#step();
  }

  /** How far the clock was set since the start. */
  #step(): number {
    return this.#clock.now() - this.now();
  }
}
