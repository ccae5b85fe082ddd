// Who watches which sessions. Nobody does, mostly: then a session looks at one field and goes on.

import { formatIp, type IpAddress, isSameIp } from "../../core/mail/ip.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { Watch, type WatchedLine } from "./watch.ts";

/** All sessions of a client's address, those that are open and those to come; or one session. */
export type Whom = { readonly client: IpAddress } | { readonly session: string };

export interface WatchedSession {
  readonly session: string;
  readonly listener: string;
  readonly client: IpAddress;
}

/** Watchers at once. */
const most = 20;

export class Watchers {
  readonly #now: () => number;
  readonly #watches = new Map<Watch, Whom>();
  #isClosed = false;
  /** Nobody watches anything. */
  isIdle = true;

  /** @param now UTC milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins to watch; the problem says why not. */
  watch(whom: Whom): Result<Watch, string> {
    if (this.#isClosed) return bad("the server is stopping");
    if (this.#watches.size >= most) {
      return bad(`${most} watch already, which is the most; end one of them first`);
    }
    const watch = new Watch(() => this.#remove(watch));
    this.#watches.set(watch, whom);
    this.isIdle = false;
    return good(watch);
  }

  isWatched(session: WatchedSession): boolean {
    return !this.isIdle && this.#of(session).length > 0;
  }

  tell(session: WatchedSession, side: WatchedLine["side"], text: string): void {
    const line = {
      at: this.#now(),
      session: session.session,
      listener: session.listener,
      client: formatIp(session.client),
      side,
      text,
    };
    for (const watch of this.#of(session)) watch.push(line);
  }

  /** All watches end. */
  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches.keys()) watch.close();
  }

  #of({ session, client }: WatchedSession): readonly Watch[] {
    return [...this.#watches]
      .filter(([, whom]) =>
        "client" in whom ? isSameIp(whom.client, client) : whom.session === session,
      )
      .map(([watch]) => watch);
  }

  #remove(watch: Watch): void {
    this.#watches.delete(watch);
    this.isIdle = this.#watches.size === 0;
  }
}
