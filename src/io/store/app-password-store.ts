// What the store does for app passwords: the contract for the server, free of any engine.

/** What may be done with it. */
export type AppPasswordScope = "all" | "send" | "read";

export interface AppPassword {
  /** Short, to name it on the command line. */
  readonly id: string;
  /** The account's key. */
  readonly account: string;
  /** The operator's or the user's word for the device. */
  readonly name: string;
  readonly scope: AppPasswordScope;
  /** UTC milliseconds, like `lastUsed`. */
  readonly createdAt: number;
  readonly lastUsed?: number;
  /** The client's address at that time. */
  readonly lastClient?: string;
}

export interface AppPasswordStore {
  /** @param digest SHA-256 of the password, in hex. `exists`: the account has one of that name. */
  add(password: AppPassword, digest: string): Promise<"added" | "exists">;
  find(digest: string): Promise<AppPassword | undefined>;
  /** Ordered by account and name; all, or one account's. */
  list(account?: string): Promise<readonly AppPassword[]>;
  /** False where there is none. */
  remove(id: string): Promise<boolean>;
  /** Notes that it was used. */
  used(id: string, at: number, client: string): Promise<void>;
}
