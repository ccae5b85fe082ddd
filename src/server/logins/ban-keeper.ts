// Brings bans and known addresses into the store, in batches and beside other work: the decision is
// made in memory, and no login waits for a disk.

import { errorText } from "../../core/error-text.ts";
import type { Ban } from "../../core/guessing/ban.ts";
import type { LedgerChange } from "../../core/guessing/ban-ledger.ts";
import { knownFor, type KnownAddress } from "../../core/guessing/known-addresses.ts";
import { formatPrefix, type Prefix } from "../../core/mail/ip.ts";
import type { BanStore } from "../../io/store/ban-store.ts";
import type { Log } from "../log.ts";

interface KeeperOptions {
  readonly store: BanStore;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** What is to become of a prefix's ban in the store. */
type Pending = { readonly ban: Ban } | { readonly dropped: Prefix };

/** Milliseconds for which changes gather. */
const gatherFor = 500;
/** Milliseconds between two tries while the store cannot take them. */
const patience = 30_000;
/** Changes in one unit of work, so that no mail waits long behind them. */
const batchSize = 100;
/** Known addresses that wait at most; the ledger's own bound is that of the bans. */
const mostKnown = 10_000;

export class BanKeeper {
  readonly #options: KeeperOptions;
  /** The last word on each prefix counts. */
  readonly #bans = new Map<string, Pending>();
  #known: KnownAddress[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** The log was told that the store takes nothing. */
  #isTold = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Returns at once. */
  note({ kept, dropped }: LedgerChange): void {
    for (const ban of kept) this.#bans.set(formatPrefix(ban.prefix), { ban });
    for (const prefix of dropped) this.#bans.set(formatPrefix(prefix), { dropped: prefix });
    this.#plan(gatherFor);
  }

  /** Returns at once. */
  noteKnown(known: KnownAddress): void {
    if (this.#known.length < mostKnown) this.#known.push(known);
    this.#plan(gatherFor);
  }

  /** Writes what waits now; rejects where the store does not take it: then it is tried again. */
  async flush(): Promise<void> {
    await this.#writing?.catch(() => {});
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#write();
    try {
      await this.#writing;
      this.#tellOfRecovery();
    } catch (error) {
      this.#tellOfTrouble(error);
      this.#plan(patience);
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Writes what still waits, if the store takes it. */
  async close(): Promise<void> {
    await this.flush().catch(() => {});
    clearTimeout(this.#timer);
  }

  #plan(delay: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush().catch(() => {});
    }, delay);
  }

  async #write(): Promise<void> {
    const { store, now } = this.#options;
    while (this.#bans.size > 0) await this.#writeBans();
    if (this.#known.length === 0) return;
    await store.dropKnownBefore(now() - knownFor);
    while (this.#known.length > 0) {
      const batch = this.#known.slice(0, batchSize);
      await store.keepKnown(batch);
      this.#known = this.#known.slice(batch.length);
    }
  }

  async #writeBans(): Promise<void> {
    const { store } = this.#options;
    const batch = [...this.#bans].slice(0, batchSize);
    const pending = batch.map(([, each]) => each);
    await store.keep(pending.flatMap((each) => ("ban" in each ? [each.ban] : [])));
    await store.drop(pending.flatMap((each) => ("dropped" in each ? [each.dropped] : [])));
    // What has changed meanwhile is written again.
    for (const [key, each] of batch) if (this.#bans.get(key) === each) this.#bans.delete(key);
  }

  /** Once, however long it lasts. */
  #tellOfTrouble(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const text = `bans hold, but a restart would forget the latest: ${errorText(error)}`;
    this.#options.log.warn({ event: "bans-not-kept" }, text);
  }

  #tellOfRecovery(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#options.log.info({ event: "bans-kept-again" }, "bans are kept again");
  }
}
