// What the store does for accounts: the contract for the server, free of any engine.

import type { Address } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";

export interface Account {
  readonly address: Address;
  /** PHC string (`$argon2id$…`); null for an account that nobody can log in to. */
  readonly password: string | null;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

/** `key` is what `mailboxKey` makes of an address. */
export interface AccountStore {
  add(account: Account): Promise<"added" | "exists">;
  find(key: string): Promise<Account | undefined>;
  /** Ordered by domain, then by local part. */
  list(domain?: Domain): Promise<readonly Account[]>;
  /** False where there is no such account. */
  setPassword(key: string, password: string | null): Promise<boolean>;
  remove(key: string): Promise<boolean>;
}
