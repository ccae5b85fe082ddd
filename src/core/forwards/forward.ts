// Addresses of ours whose mail is sent on: a plain forward, or a list of members.

import type { Address } from "../mail/address.ts";

/** How the mail for an address is sent on. */
export interface ForwardRule {
  /** What `mailboxKey` makes of the address; `@domain` for every address there that nobody has. */
  readonly key: string;
  /** The account whose mailbox takes a copy, by its key; null for none. */
  readonly keep: string | null;
  /** In whose name a list sends: its bounces come here. Null: in that of whoever wrote. */
  readonly owner: Address | null;
  /** Only its owner and its targets may write to it. */
  readonly membersOnly: boolean;
}

export interface Forward extends ForwardRule {
  /** At least one, no two of them alike. */
  readonly targets: readonly Address[];
}

/** A forward as a list of many shows it. */
export interface ForwardInPart extends Forward {
  /** All that it has; `targets` are the first of them. */
  readonly count: number;
}

/** Targets of one forward at most. */
export const maxTargets = 10_000;

/** Forwards behind each other at most. */
export const maxNesting = 10;
