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

/** Who has an address: an account, or a forward (by its key). */
export type Holder =
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "forward"; readonly key: string };

export interface AddressStore {
  /** `taken`: the address is an account, a forward, or another account's alias. */
  add(address: AccountAddress): Promise<"added" | "exists" | "taken">;
  /** False where the account has no such address. */
  remove(key: string, account: string): Promise<boolean>;
  /** Ordered by address; all, or one account's. */
  list(account?: string): Promise<readonly AccountAddress[]>;
  /** Where mail goes, found under one to three keys (`mailboxKeys`). They are tried in their order;
   * for each, a forward comes before an account of that name, and that before an alias. An alias of an
   * account leads to the account's own forward where it has one. */
  holderOf(keys: readonly string[]): Promise<Holder | undefined>;
  /** Which of the keys somebody has, each by itself, and who. */
  holders(keys: readonly string[]): Promise<ReadonlyMap<string, Holder>>;
  /** Whether the account may send as an address with these keys: mail for it goes to the account, or
   * one of the keys is a `send-as` of it. An account that is not in the store counts as there. */
  maySendAs(account: string, keys: readonly string[]): Promise<boolean>;
}
