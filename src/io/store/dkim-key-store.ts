// What the store does for the keys that sign our domains' mail: the contract for the server, free of any
// engine.

import type { KeyAlgorithm, KeyTimes } from "../../core/dkim/key.ts";
import type { Domain } from "../../core/mail/domain.ts";

export interface StoredKeyPair extends KeyTimes {
  readonly domain: Domain;
  /** Unique in its domain. */
  readonly name: string;
  /** PKCS #8, PEM. */
  readonly privateKeys: Readonly<Record<KeyAlgorithm, string>>;
}

/** All methods reject with a `StoreError` where the store cannot do its work. Times are UTC ms. */
export interface DkimKeyStore {
  add(pair: StoredKeyPair): Promise<"added" | "exists">;
  /** By domain, the oldest first. */
  list(): Promise<readonly StoredKeyPair[]>;
  /** The pair signs from now on, and another one of its domain signs no more. Returns whether it was
   * prepared. */
  activate(domain: Domain, name: string, at: number): Promise<boolean>;
  /** The pair signs no more. Returns whether it was active. */
  retire(domain: Domain, name: string, at: number): Promise<boolean>;
  /** Returns whether it was there. */
  remove(domain: Domain, name: string): Promise<boolean>;
}
