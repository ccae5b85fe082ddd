// What the store does for forwards: the contract for the server, free of any engine.

import type { Forward, ForwardInPart, ForwardRule } from "../../core/forwards/forward.ts";
import type { Address } from "../../core/mail/address.ts";

/** What is left out is not looked at. */
export interface ForwardFilter {
  /** Part of the address, in whatever case. */
  readonly text?: string;
  /** Those that are of this address, lead to it, or keep copies in it. */
  readonly about?: string;
}

export interface ForwardPage {
  readonly limit: number;
  /** So many are passed over. */
  readonly offset: number;
  /** Targets of each that are told. */
  readonly targets: number;
}

/** Keys are what `mailboxKey` makes of an address, or `@domain`. */
export interface ForwardStore {
  /** Makes the forward, or puts this rule in place of its own; its targets stay, and those given are
   * added. */
  put(rule: ForwardRule, targets: readonly Address[]): Promise<void>;
  /** Targets in the order of their keys. */
  find(key: string): Promise<Forward | undefined>;
  /** In the order of their keys. */
  list(): Promise<readonly Forward[]>;
  /** Some of those that a filter lets through, in the order of their keys, and how many these are. */
  page(
    filter: ForwardFilter,
    page: ForwardPage,
  ): Promise<{ readonly forwards: readonly ForwardInPart[]; readonly total: number }>;
  /** Whether it takes mail from that sender (a key; null for `<>`). A forward that there is not takes
   * none. */
  admits(key: string, sender: string | null): Promise<boolean>;
  /** False where there is no such forward. */
  remove(key: string): Promise<boolean>;
  /** How many of these targets it had. */
  removeTargets(key: string, targets: readonly string[]): Promise<number>;
}
