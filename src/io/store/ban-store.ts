// What the store does for bans: the contract for the server, free of any engine.

import type { Ban } from "../../core/guessing/ban.ts";
import type { KnownAddress } from "../../core/guessing/known-addresses.ts";
import type { Prefix } from "../../core/mail/ip.ts";

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface BanStore {
  /** Keeps bans, in the place of earlier ones of the same prefixes; all of them or none. */
  keep(bans: readonly Ban[]): Promise<void>;
  drop(prefixes: readonly Prefix[]): Promise<void>;
  list(): Promise<readonly Ban[]>;
  /** Keeps from where users have logged in well. */
  keepKnown(known: readonly KnownAddress[]): Promise<void>;
  listKnown(): Promise<readonly KnownAddress[]>;
  /** Forgets those before `time`, UTC ms. */
  dropKnownBefore(time: number): Promise<void>;
}
