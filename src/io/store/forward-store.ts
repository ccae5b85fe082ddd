// What the store does for forwards: the contract for the server, free of any engine.

import type { Forward, ForwardRule } from "../../core/forwards/forward.ts";
import type { Address } from "../../core/mail/address.ts";

/** Keys are what `mailboxKey` makes of an address, or `@domain`. */
export interface ForwardStore {
  /** Makes the forward, or puts this rule in place of its own; its targets stay, and those given are
   * added. */
  put(rule: ForwardRule, targets: readonly Address[]): Promise<void>;
  /** Targets in the order of their keys. */
  find(key: string): Promise<Forward | undefined>;
  /** In the order of their keys. */
  list(): Promise<readonly Forward[]>;
  /** Whether it takes mail from that sender (a key; null for `<>`). A forward that there is not takes
   * none. */
  admits(key: string, sender: string | null): Promise<boolean>;
  /** False where there is no such forward. */
  remove(key: string): Promise<boolean>;
  /** How many of these targets it had. */
  removeTargets(key: string, targets: readonly string[]): Promise<number>;
}
