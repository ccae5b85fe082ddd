// Brings grants and their uses into the store, in batches and beside other work: nobody who reads or
// sends mail waits for a disk.

import { errorText } from "../../core/error-text.ts";
import type { Grant } from "../../core/grants/grant.ts";
import type { GrantStore, GrantUse } from "../../io/store/grant-store.ts";
import type { Log } from "../log.ts";

export interface GrantWriterOptions {
  readonly store: GrantStore;
  readonly node: string;
  /** A grant as it is now, in UTC; undefined where it is forgotten. */
  readonly find: (id: string) => Grant | undefined;
  readonly log: Log;
}

/** Milliseconds for which changes gather: hosts that share the store see them within 2 seconds. */
const gatherFor = 250;
/** Milliseconds between two tries while the store cannot take them. */
const patience = 10_000;
/** Grants in one unit of work, so that no mail waits long behind them. */
const batchSize = 100;
/** Kinds of uses that wait at most: the same again only counts. */
const mostUses = 10_000;

export class GrantWriter {
  readonly #options: GrantWriterOptions;
  readonly #changed = new Set<string>();
  /** Revoked grants, and when: those of other hosts as well. */
  readonly #revoked = new Map<string, number>();
  readonly #uses = new Map<string, GrantUse>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** The log was told that the store takes nothing. */
  #isTold = false;

  constructor(options: GrantWriterOptions) {
    this.#options = options;
  }

  /** A grant of this host has changed. Returns at once. */
  note(id: string): void {
    this.#changed.add(id);
    this.#plan(gatherFor);
  }

  /** @param at UTC ms */
  noteRevoked(id: string, at: number): void {
    this.#revoked.set(id, at);
    this.#plan(gatherFor);
  }

  /** Returns at once. */
  noteUse(use: Omit<GrantUse, "messages">): void {
    this.#addUse({ ...use, messages: 1 });
    this.#plan(gatherFor);
  }

  /** Writes what waits now; rejects where the store does not take it: then it is tried again. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing.catch(() => {});
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
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush().catch(() => {});
    }, delay);
  }

  async #write(): Promise<void> {
    await this.#writeGrants();
    await this.#writeRevocations();
    await this.#writeUses();
  }

  async #writeGrants(): Promise<void> {
    const { store, node, find } = this.#options;
    for (let left = this.#changed.size; left > 0; left -= batchSize) {
      const ids = first(batchSize, this.#changed);
      // What changes meanwhile is written again.
      for (const id of ids) this.#changed.delete(id);
      try {
        await store.keep(
          ids.map(find).filter((grant) => grant !== undefined),
          node,
        );
      } catch (error) {
        for (const id of ids) this.#changed.add(id);
        throw error;
      }
    }
  }

  async #writeRevocations(): Promise<void> {
    for (const [at, batch] of Map.groupBy([...this.#revoked], ([, time]) => time)) {
      const ids = batch.map(([id]) => id);
      await this.#options.store.revoke(ids, at);
      for (const id of ids) this.#revoked.delete(id);
    }
  }

  async #writeUses(): Promise<void> {
    while (this.#uses.size > 0) {
      const batch = first(batchSize, this.#uses);
      for (const [key] of batch) this.#uses.delete(key);
      try {
        await this.#options.store.count(batch.map(([, use]) => use));
      } catch (error) {
        for (const [, use] of batch) this.#addUse(use);
        throw error;
      }
    }
  }

  #addUse(use: GrantUse): void {
    const key = JSON.stringify([use.day, use.account, use.software]);
    const before = this.#uses.get(key)?.messages;
    if (before === undefined && this.#uses.size >= mostUses) return;
    this.#uses.set(key, { ...use, messages: (before ?? 0) + use.messages });
  }

  /** Once, however long it lasts. */
  #tellOfTrouble(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const text = `grants hold, but a restart would forget the latest: ${errorText(error)}`;
    this.#options.log.warn({ event: "grants-not-kept" }, text);
  }

  #tellOfRecovery(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#options.log.info({ event: "grants-kept-again" }, "grants are kept again");
  }
}

function first<Item>(count: number, items: Iterable<Item>): readonly Item[] {
  const found: Item[] = [];
  for (const item of items) {
    if (found.length === count) break;
    found.push(item);
  }
  return found;
}
