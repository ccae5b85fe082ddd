// Finds out which token of the HTTP API a request shows.

import type { ApiToken, ApiTokenStore } from "../../../io/store/api-token-store.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import { digestOf, isToken } from "./secrets.ts";

/** Milliseconds for which nobody writes down that it was used. */
const usedEvery = 60_000;

export class Tokens {
  readonly #store: ApiTokenStore;
  readonly #now: () => number;

  /** @param now UTC milliseconds. */
  constructor(store: ApiTokenStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @param header `Authorization`, as it came. The problem is a sentence for whoever wrote the program. */
  async find(header: string): Promise<Result<ApiToken, string>> {
    const [scheme = "", token = ""] = header.trim().split(/ +/);
    if (scheme.toLowerCase() !== "bearer") {
      return bad("the token goes into the header Authorization: Bearer bw_...");
    }
    const found = isToken(token) ? await this.#store.find(digestOf(token)) : undefined;
    if (found === undefined) return bad("there is no such token; see: bailiwick token list");
    const now = this.#now();
    if (found.expiresAt !== undefined && found.expiresAt <= now) {
      return bad("the token has expired; make another one: bailiwick token add");
    }
    if (now - (found.lastUsed ?? 0) >= usedEvery) await this.#store.used(found.id, now);
    return good(found);
  }
}
