// Reads grants from the store: all of them at the start and, where other hosts share the store, each
// second what has changed.

import { errorText } from "../../core/error-text.ts";
import {
  firstPlace,
  type GrantPlace,
  type GrantStore,
  type KeptGrant,
} from "../../io/store/grant-store.ts";
import type { Log } from "../log.ts";

export interface GrantReaderOptions {
  readonly store: GrantStore;
  /** Other hosts write there, too. */
  readonly isShared: boolean;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly log: Log;
  /** Grants that were there at the start; before that, what each host said last. */
  readonly onLoaded: (grants: readonly KeptGrant[]) => void;
  readonly onMarks: (marks: ReadonlyMap<string, number>) => void;
  /** All of the start were read. */
  readonly onReady: () => void;
  /** Changes since. */
  readonly onChanged: (grants: readonly KeptGrant[]) => void;
}

/** Milliseconds between two looks: with what the writer gathers, a change is seen within 2 seconds. */
const lookEvery = 1_000;
/** Milliseconds between two tries while the store does not answer. */
const patience = 2_000;
/** Milliseconds after which what other hosts may have granted is no longer known. */
const goodFor = 10_000;
const pageSize = 2_000;
/** Every so many looks, it is seen which hosts are there. */
const looksPerMarks = 15;

export class GrantReader {
  readonly #options: GrantReaderOptions;
  #place: GrantPlace = firstPlace;
  #isReady = false;
  #isClosed = false;
  #lastGood = -Infinity;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #isTold = false;

  constructor(options: GrantReaderOptions) {
    this.#options = options;
  }

  /** Resolves when everything is read, or after so many milliseconds: then it goes on beside. */
  async start(atMost: number): Promise<void> {
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, atMost);
    await Promise.race([this.#readAndPlan(), isLate]);
    clearTimeout(timer);
  }

  /** Why a grant might be in the store and not be known here; undefined where all are known. */
  get gap(): string | undefined {
    if (!this.#isReady) return "grants are still being read from the store";
    const { isShared, elapsed } = this.#options;
    if (!isShared || elapsed() - this.#lastGood < goodFor) return undefined;
    return "the store does not say what other hosts have granted";
  }

  /** Looks now; for those who cannot wait for the next look. Rejects where the store fails. */
  async look(): Promise<void> {
    await this.#reading?.catch(() => {});
    await this.#read();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#reading?.catch(() => {});
  }

  async #readAndPlan(): Promise<void> {
    this.#reading = this.#read();
    let failed = false;
    try {
      await this.#reading;
      this.#tellOfRecovery();
    } catch (error) {
      failed = true;
      this.#tellOfTrouble(error);
    }
    this.#reading = undefined;
    if (this.#isClosed || (this.#isReady && !this.#options.isShared)) return;
    const wait = failed ? patience : lookEvery;
    this.#timer = setTimeout(() => void this.#readAndPlan(), wait);
  }

  async #read(): Promise<void> {
    const { store, elapsed, onLoaded, onMarks, onReady, onChanged } = this.#options;
    const began = elapsed();
    if (!this.#isReady) await store.prepare();
    if (!this.#isReady || this.#looks++ % looksPerMarks === 0) onMarks(await store.marks());
    for (let isAll = false; !isAll && !this.#isClosed;) {
      const found = await store.changedSince(this.#place, pageSize);
      ({ place: this.#place, isAll } = found);
      if (this.#isReady) onChanged(found.grants);
      else onLoaded(found.grants);
    }
    if (this.#isClosed) return;
    this.#lastGood = began;
    if (this.#isReady) return;
    this.#isReady = true;
    onReady();
  }

  /** Once, however long it lasts. */
  #tellOfTrouble(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const text = `grants cannot be read, those who relay by them may have to come back: ${errorText(error)}`;
    this.#options.log.warn({ event: "grants-not-read" }, text);
  }

  #tellOfRecovery(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#options.log.info({ event: "grants-read-again" }, "grants are read again");
  }
}
