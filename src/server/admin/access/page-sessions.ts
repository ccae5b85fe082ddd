// Logins to the page. The store has a digest of each, so that a restart of the server logs nobody out, and
// hosts that share a store know each other's.

import { formatIp, type IpAddress } from "../../../core/mail/ip.ts";
import type { PageSession, PageSessionStore } from "../../../io/store/page-session-store.ts";
import { digestOf, formTokenOf, isSecret, newSecret } from "./secrets.ts";

export interface LoggedIn {
  readonly operator: string;
  /** Names the session in the store. */
  readonly digest: string;
  /** What its forms carry along. */
  readonly formToken: string;
}

const hour = 3_600_000;
/** Milliseconds that a session may be idle, and that it may last. */
const idleTime = 12 * hour;
export const longestSession = 7 * 24 * hour;
/** Milliseconds for which nobody writes down that it was seen. */
const seenEvery = 60_000;

export class PageSessions {
  readonly #store: PageSessionStore;
  readonly #now: () => number;

  /** @param now UTC milliseconds. */
  constructor(store: PageSessionStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Resolves with the secret for the cookie. */
  async begin(operator: string, client: IpAddress): Promise<string> {
    const secret = newSecret();
    const now = this.#now();
    const times = { createdAt: now, lastSeen: now };
    await this.#store.open({
      digest: digestOf(secret),
      operator,
      client: formatIp(client),
      ...times,
    });
    return secret;
  }

  /** Undefined where the secret is none of a session that goes on. */
  async find(secret: string): Promise<LoggedIn | undefined> {
    if (!isSecret(secret)) return undefined;
    const digest = digestOf(secret);
    const found = await this.#store.find(digest);
    if (found === undefined) return undefined;
    const now = this.#now();
    const { operator, lastSeen } = found;
    if (isOver(found, now)) {
      await this.#store.close(digest);
      return undefined;
    }
    if (now - lastSeen >= seenEvery) await this.#store.seen(digest, now);
    return { operator, digest, formToken: formTokenOf(secret) };
  }

  /** Whether it goes on. A page that is only open is no sign of somebody before it. */
  async goesOn({ digest }: LoggedIn): Promise<boolean> {
    const found = await this.#store.find(digest);
    return found !== undefined && !isOver(found, this.#now());
  }

  end(secret: string): Promise<void> {
    return this.#store.close(digestOf(secret));
  }

  /** Drops what nobody can use any more. */
  prune(): Promise<void> {
    const now = this.#now();
    return this.#store.drop({ seen: now - idleTime, created: now - longestSession });
  }
}

function isOver({ createdAt, lastSeen }: PageSession, now: number): boolean {
  return now - lastSeen >= idleTime || now - createdAt >= longestSession;
}
