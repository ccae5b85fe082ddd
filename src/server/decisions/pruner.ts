// Keeps the decisions in the store within their bounds, a little at a time.

import type { DecisionStore } from "../../io/store/decision-store.ts";
import type { DecisionSettings } from "../../core/config/settings.ts";

interface PrunerOptions {
  readonly store: DecisionStore;
  readonly settings: () => DecisionSettings;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** Rows in one unit of work. */
const batchSize = 500;

export class Pruner {
  readonly #options: PrunerOptions;
  /** Counted once; from then on this is the one who adds and drops. */
  #count: number | undefined;

  constructor(options: PrunerOptions) {
    this.#options = options;
  }

  added(rows: number): void {
    if (this.#count !== undefined) this.#count += rows;
  }

  /** Drops what is too much and what is too old. */
  async prune(): Promise<void> {
    const { store, settings, now } = this.#options;
    this.#count ??= await store.count();
    let dropped: number;
    do {
      const excess = Math.max(0, this.#count - settings().atMost);
      dropped = await store.dropOldest(Math.min(excess, batchSize));
      this.#count -= dropped;
    } while (dropped === batchSize);
    do {
      dropped = await store.dropBefore(now() - settings().for, batchSize);
      this.#count -= dropped;
    } while (dropped === batchSize);
  }
}
