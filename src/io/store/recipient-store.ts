// What the store remembers of recipients at other hosts: the contract for the server, free of any
// engine.

import type { KnownRecipient } from "../../core/recipients/known-recipient.ts";

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface RecipientStore {
  /** Keeps what was said last of a recipient, in the place of what was said before. */
  keep(known: KnownRecipient): Promise<void>;
  find(key: string): Promise<KnownRecipient | undefined>;
  /** What is known of one domain, by address; at most so many. */
  list(domain: string, limit: number): Promise<readonly KnownRecipient[]>;
  /** False where nothing was known. */
  drop(key: string): Promise<boolean>;
  /** Forgets what was said before those times (UTC ms) of recipients that exist, and of others. */
  dropBefore(times: { readonly yes: number; readonly no: number }): Promise<void>;
  /** Forgets the oldest of those who do not exist, but for so many. Returns how many it forgot. */
  dropNobodiesBeyond(most: number): Promise<number>;
}
