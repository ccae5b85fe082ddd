// What the store does for addresses beside the accounts' own: the contract for the server, free of
// any engine.

/** `alias`: mail for it goes to the account, which may send as it. `send-as`: the account may send as
 * it, and no more. */
export type AddressKind = "alias" | "send-as";

export interface AccountAddress {
  /** What `mailboxKey` makes of the address; `@domain` for every address there that nobody has. */
  readonly key: string;
  /** The account's key. */
  readonly account: string;
  readonly kind: AddressKind;
}

export interface AddressStore {
  /** `taken`: the address is an account, or another account's alias. */
  add(address: AccountAddress): Promise<"added" | "exists" | "taken">;
  /** False where the account has no such address. */
  remove(key: string, account: string): Promise<boolean>;
  /** Ordered by address; all, or one account's. */
  list(account?: string): Promise<readonly AccountAddress[]>;
  /** The account that mail goes to, found under one to three keys (`mailboxKeys`). They are tried in
   * their order; for each, an account of that name comes before an alias. */
  accountFor(keys: readonly string[]): Promise<string | undefined>;
  /** Which of the keys are those of accounts or aliases, each with its account. */
  holders(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether the account may send as an address with these keys: mail for it goes to the account, or
   * one of the keys is a `send-as` of it. An account that is not in the store counts as there. */
  maySendAs(account: string, keys: readonly string[]): Promise<boolean>;
}
