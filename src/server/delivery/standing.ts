// Many recipients come to stand in line at once, where a destination is down: their places are written
// together.

import type { LineStore, Standee } from "../../io/store/line-store.ts";
import type { Log } from "../log.ts";

export interface StandingOptions {
  readonly store: Pick<LineStore, "stand">;
  /** Nothing more is asked of the store. */
  readonly isOver: () => boolean;
  readonly log: Log;
}

/** Recipients in one commit. */
const batch = 200;
/** Wait before places that the store did not take are written again, in ms. */
const again = 5_000;

interface Waiting {
  readonly places: readonly Standee[];
  readonly done: () => void;
}

export class Standings {
  readonly #options: StandingOptions;
  #waiting: Waiting[] = [];
  #isPlanned = false;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** Resolves once the store has them. */
  add(places: readonly Standee[]): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ places, done });
      if (this.#isPlanned) return;
      this.#isPlanned = true;
      setImmediate(() => this.#write());
    });
  }

  #write(): void {
    this.#isPlanned = false;
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += batch) void this.#keep(all.slice(at, at + batch));
  }

  async #keep(waiting: readonly Waiting[]): Promise<void> {
    const { store, isOver, log } = this.#options;
    const places = waiting.flatMap((one) => one.places);
    for (;;) {
      try {
        await store.stand(places);
        break;
      } catch (error) {
        log.error({ event: "line-failed", error }, "the store did not take places in line");
        // They are in the store as they were.
        if (isOver()) break;
        await new Promise((resolve) => setTimeout(resolve, again));
      }
    }
    for (const { done } of waiting) done();
  }
}
