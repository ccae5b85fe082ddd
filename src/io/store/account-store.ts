// What the store does for accounts: the contract for the server, free of any engine.

import type { Address } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";

export interface Account {
  readonly address: Address;
  /** Null for an account that nobody can log in to. */
  readonly credentials: Credentials | null;
  /** Nobody can log in for now; mail still arrives. */
  readonly disabled: boolean;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

/** What is kept of a password. Nobody can log in with what is kept. */
export interface Credentials {
  /** PHC string (`$argon2id$…`). */
  readonly password: string;
  /** Absent where the password came from a store that had it only as a hash. */
  readonly scram?: { readonly sha256: string; readonly sha1: string };
}

interface AccountWithAliases extends Account {
  /** As in `AccountAddress`. */
  readonly aliases: readonly string[];
}

/** What is left out is not looked at. */
export interface AccountFilter {
  readonly domain?: Domain;
  /** Part of an address, in whatever case. */
  readonly text?: string;
  /** Those among these alone, as `mailboxKey` has them. */
  readonly keys?: readonly string[];
  readonly disabled?: boolean;
}

export interface AccountPage {
  readonly limit: number;
  /** So many are passed over. */
  readonly offset: number;
}

/** `key` is what `mailboxKey` makes of an address. */
export interface AccountStore {
  add(account: Account): Promise<"added" | "exists">;
  /** All of them or none. */
  addAll(accounts: readonly AccountWithAliases[]): Promise<"added" | "exists">;
  find(key: string): Promise<Account | undefined>;
  /** Ordered by domain, then by local part. */
  list(domain?: Domain): Promise<readonly Account[]>;
  /** Some of those that a filter lets through, ordered by address, and how many these are in all. */
  page(
    filter: AccountFilter,
    page: AccountPage,
  ): Promise<{ readonly accounts: readonly Account[]; readonly total: number }>;
  /** False where there is no such account. */
  setCredentials(key: string, credentials: Credentials | null): Promise<boolean>;
  /** Those of an account that has none yet; false where there is no such account, or it has some. */
  setFirstCredentials(key: string, credentials: Credentials): Promise<boolean>;
  setDisabled(key: string, disabled: boolean): Promise<boolean>;
  /** Its further addresses and app passwords go with it, and no forward keeps copies in it any more. */
  remove(key: string): Promise<boolean>;
}
