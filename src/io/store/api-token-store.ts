// What the store does for the tokens of the HTTP API: the contract for the server, free of any engine.

export interface ApiToken {
  /** Short, to name it on the command line. */
  readonly id: string;
  /** The operator's word for the program that has it. */
  readonly name: string;
  /** What may be done with it. Words that a later version knows may be among them. */
  readonly scopes: readonly string[];
  /** UTC milliseconds, like the next two. */
  readonly createdAt: number;
  readonly lastUsed?: number;
  /** Absent: never. */
  readonly expiresAt?: number;
}

export interface ApiTokenStore {
  /** @param digest SHA-256 of the token, in hex. `exists`: there is one of that name. */
  add(token: ApiToken, digest: string): Promise<"added" | "exists">;
  find(digest: string): Promise<ApiToken | undefined>;
  /** Ordered by name. */
  list(): Promise<readonly ApiToken[]>;
  /** False where there is none. */
  remove(id: string): Promise<boolean>;
  /** Notes that it was used. */
  used(id: string, at: number): Promise<void>;
}
