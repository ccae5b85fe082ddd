// What the store does for grants: the contract for the server, free of any engine.

import type { Grant } from "../../core/grants/grant.ts";

/** A grant, and the host that keeps it. Times are UTC milliseconds here. */
export interface KeptGrant {
  readonly grant: Grant;
  readonly node: string;
}

/** How often grants were used: messages relayed for them in one day. */
export interface GrantUse {
  /** UTC: `2026-11-26`. */
  readonly day: string;
  /** Empty where the source of the grant names none. */
  readonly account: string;
  /** What the client called itself as it read mail; empty where that is not known. */
  readonly software: string;
  readonly messages: number;
}

/** Where in the order of changes a grant stands. */
export interface GrantPlace {
  readonly version: number;
  readonly id: string;
}

/** Before all changes. */
export const firstPlace: GrantPlace = { version: 0, id: "" };

interface GrantChanges {
  readonly grants: readonly KeptGrant[];
  /** The last one's: to ask for what comes behind. */
  readonly place: GrantPlace;
  /** Nothing came behind when it was asked. */
  readonly isAll: boolean;
}

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface GrantStore {
  /** To be called before the others, at each start. */
  prepare(): Promise<void>;
  /** Keeps grants of this host, in the place of what was kept of them; all of them or none. What
   * was revoked meanwhile stays so. */
  keep(grants: readonly Grant[], node: string): Promise<void>;
  /** Those of any host. */
  revoke(ids: readonly string[], at: number): Promise<void>;
  /** Up to `limit` of those that changed behind a place, in their order. */
  changedSince(place: GrantPlace, limit: number): Promise<GrantChanges>;
  /** Forgets those that were over at a time, UTC ms, and of which nothing was heard since. */
  dropBefore(time: number): Promise<void>;
  /** A host says that it is there; `value` is what it likes to say of it. */
  mark(node: string, value: number): Promise<void>;
  /** What each host said last. */
  marks(): Promise<ReadonlyMap<string, number>>;
  /** Adds to what was counted of the same day, account and software. */
  count(uses: readonly GrantUse[]): Promise<void>;
  /** From a day on, in the order of days. */
  uses(since: string): Promise<readonly GrantUse[]>;
  dropUsesBefore(day: string): Promise<void>;
}
