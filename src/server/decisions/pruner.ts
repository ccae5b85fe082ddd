// Keeps the decisions in the store within their bounds, a little at a time.

import type { DecisionStore } from "../../io/store/decision-store.ts";
import type { DecisionSettings } from "../../core/config/settings.ts";

interface PrunerOptions {
  readonly store: DecisionStore;
  readonly settings: () => DecisionSettings;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Other hosts add and drop as well. */
  readonly isShared?: boolean;
}

/** Rows in one unit of work. */
const batchSize = 500;
/** Milliseconds for which a count holds that others change. */
const recountEvery = 600_000;

export class Pruner {
  readonly #options: PrunerOptions;
  /** Counted once, where this is the one who adds and drops; else now and then. */
  #count: number | undefined;
  #countedAt: number | undefined;

  constructor(options: PrunerOptions) {
    this.#options = options;
  }

  added(rows: number): void {
    if (this.#count !== undefined) this.#count += rows;
  }

  /** Drops what is too much and what is too old. */
  async prune(): Promise<void> {
    const { store, settings, now, isShared } = this.#options;
    this.#countedAt ??= now();
    if (isShared === true && now() - this.#countedAt > recountEvery) {
      this.#count = undefined;
      this.#countedAt = now();
    }
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
