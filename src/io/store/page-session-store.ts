// What the store does for logins to the page: the contract for the server, free of any engine.

export interface PageSession {
  /** SHA-256 of the cookie's secret, in hex. */
  readonly digest: string;
  readonly operator: string;
  /** UTC milliseconds, like `lastSeen`. */
  readonly createdAt: number;
  readonly lastSeen: number;
  /** The address that it was opened from. */
  readonly client: string;
}

export interface PageSessionStore {
  open(session: PageSession): Promise<void>;
  find(digest: string): Promise<PageSession | undefined>;
  /** Notes that it was used. */
  seen(digest: string, at: number): Promise<void>;
  /** Harmless where there is none. */
  close(digest: string): Promise<void>;
  /** Drops those that were not seen since the one time, or are older than the other (UTC ms). */
  drop(before: { readonly seen: number; readonly created: number }): Promise<void>;
}
