// How often something happened in about the last stretch of time, in two numbers: those of this
// stretch and, in part, those of the one before.

export class WindowCount {
  readonly #period: number;
  #start: number;
  #current = 0;
  #before = 0;

  /** @param period milliseconds
   * @param now monotonic milliseconds */
  constructor(period: number, now: number) {
    this.#period = period;
    this.#start = now;
  }

  add(now: number): void {
    this.#turn(now);
    this.#current++;
  }

  /** Exact where all came evenly. */
  at(now: number): number {
    this.#turn(now);
    return this.#current + this.#before * (1 - (now - this.#start) / this.#period);
  }

  #turn(now: number): void {
    const passed = Math.floor((now - this.#start) / this.#period);
    if (passed <= 0) return;
    this.#before = passed === 1 ? this.#current : 0;
    this.#current = 0;
    this.#start += passed * this.#period;
  }
}
