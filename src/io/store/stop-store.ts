// What the store does for accounts whose sending is stopped: the contract for the server, free of any
// engine.

/** An account that may not send until the operator releases it. */
export interface StoppedAccount {
  /** As `accountKey` has it. */
  readonly account: string;
  /** UTC milliseconds. */
  readonly since: number;
  /** For the operator, in words. */
  readonly why: string;
}

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface StopStore {
  /** One that is stopped already stays as it is. */
  stop(stopped: StoppedAccount): Promise<void>;
  /** False where it is not stopped. */
  release(account: string): Promise<boolean>;
  list(): Promise<readonly StoppedAccount[]>;
}
