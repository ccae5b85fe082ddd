// Keeps the book and the store in step: what is in the store at the start, what changes here, and what
// other hosts change there.

import { type Grant, rememberedFor, unheardFor } from "../../core/grants/grant.ts";
import type { GrantBook } from "../../core/grants/grant-book.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { GrantStore, KeptGrant } from "../../io/store/grant-store.ts";
import type { Log } from "../log.ts";
import { GrantReader } from "./grant-reader.ts";
import { inSteadyTime, inUtc } from "./grant-times.ts";
import { GrantWriter } from "./grant-writer.ts";
import { Neighbours } from "./neighbours.ts";
import type { SteadyTime } from "./steady-time.ts";

export interface GrantSyncOptions {
  readonly store: GrantStore;
  /** Other hosts write there, too. */
  readonly isShared: boolean;
  /** This host's name among those that share the store, always the same. */
  readonly node: string;
  readonly book: GrantBook;
  readonly time: SteadyTime;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds for which a start waits for the store. */
const startTime = 5_000;
/** Milliseconds for which it is kept who used grants. */
const usesKeptFor = 90 * 86_400_000;

export class GrantSync {
  readonly #options: GrantSyncOptions;
  readonly #neighbours: Neighbours;
  readonly reader: GrantReader;
  readonly writer: GrantWriter;
  /** When this host was there for the last time before it started. */
  #lastThere = 0;

  constructor(options: GrantSyncOptions) {
    const { store, isShared, node, book, clock, log } = options;
    this.#options = options;
    const onGone = (name: string, at: number) => book.disconnect(name, at);
    this.#neighbours = new Neighbours({ onGone });
    const find = (id: string) => this.#find(id);
    this.writer = new GrantWriter({ store, node, find, log });
    this.reader = new GrantReader({
      store,
      isShared,
      elapsed: clock.elapsed,
      log,
      onMarks: (marks) => this.#hear(marks),
      onLoaded: (grants) => this.#load(grants),
      onReady: () => book.disconnect(undefined, this.#lastThere),
      onChanged: (grants) => this.#follow(grants),
    });
  }

  /** Reads what is kept; waits a while for it and no longer. */
  async start(): Promise<void> {
    await this.reader.start(startTime);
    if (this.#options.isShared) await this.mark();
  }

  /** Says that this host is there. */
  async mark(): Promise<void> {
    const { store, node, isShared, book, clock } = this.#options;
    if (!isShared && book.size === 0) return;
    // Whoever cannot write it tells of it elsewhere; then grants end earlier at most.
    await store.mark(node, clock.now()).catch(() => {});
  }

  /** Forgets what is long over, here and in the store. */
  async sweep(): Promise<void> {
    const { store, book, time, clock } = this.#options;
    book.sweep(time.now());
    // A clock that was set forward makes nothing old.
    const utc = Math.min(clock.now(), time.now());
    try {
      await store.dropBefore(utc - rememberedFor - unheardFor - book.rules.lifetime);
      await store.dropUsesBefore(dayOf(utc - usesKeptFor));
    } catch {
      // They do no harm there, and the next sweep finds them again.
    }
  }

  async close(): Promise<void> {
    await this.mark();
    await this.reader.close();
    await this.writer.close();
  }

  #find(id: string): Grant | undefined {
    const { book, time } = this.#options;
    const grant = book.get(id, time.now());
    return grant && inUtc(grant, time);
  }

  #isOwn(node: string): boolean {
    return !this.#options.isShared || node === this.#options.node;
  }

  #load(grants: readonly KeptGrant[]): void {
    const { book, time } = this.#options;
    const now = time.now();
    for (const { grant, node } of grants) {
      const owner = this.#isOwn(node) ? undefined : node;
      if (owner !== undefined) this.#neighbours.note(owner, now);
      book.adopt(inSteadyTime(grant, time), owner, now);
    }
  }

  /** What others have changed: grants of theirs, and what they revoked of ours. */
  #follow(grants: readonly KeptGrant[]): void {
    const { book, time } = this.#options;
    this.#load(grants.filter(({ node }) => !this.#isOwn(node)));
    const revoked = grants.filter(
      ({ node, grant }) => this.#isOwn(node) && grant.revokedAt !== null,
    );
    book.revokeThese(
      revoked.map(({ grant }) => grant.id),
      time.now(),
    );
  }

  #hear(marks: ReadonlyMap<string, number>): void {
    const { node, time } = this.#options;
    this.#lastThere = time.fromUtc(marks.get(node) ?? 0);
    const others = [...marks].filter(([name]) => !this.#isOwn(name));
    this.#neighbours.hear(new Map(others), time.now());
  }
}

/** `2026-11-26` */
export function dayOf(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10);
}
