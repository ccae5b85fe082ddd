// Sessions by their names: those that go on, with their grants, and what is remembered of others.

import { sessionKey } from "./grant.ts";
import { addSession, endSession, type HeldGrant } from "./held-grant.ts";
import type { MailboxLogin } from "./mailbox-login.ts";
import { RecentMap } from "./recent-map.ts";

/** Sessions of one grant whose ends are waited for; of more, the beginning counts alone. */
const mostOfGrant = 50;
/** Sessions that are over, and revoked ones, that are remembered. */
const mostRemembered = 20_000;
/** Milliseconds for which a sign of a session may come later than its end. */
const settlingTime = 60_000;

export class Sessions {
  readonly #open = new Map<string, HeldGrant>();
  /** When sessions ended, those too of which no beginning was told yet. */
  readonly #ended = new RecentMap<number>(mostRemembered);
  readonly #revoked = new RecentMap<true>(mostRemembered);

  holder(key: string): HeldGrant | undefined {
    return this.#open.get(key);
  }

  begin(held: HeldGrant, { source, session }: MailboxLogin): void {
    if (session === undefined || held.sessions.length + held.connected.length >= mostOfGrant)
      return;
    const key = sessionKey(source, session);
    addSession(held, source, key);
    this.#open.set(key, held);
  }

  end(held: HeldGrant, key: string, at: number): void {
    if (this.#open.get(key) === held) this.#open.delete(key);
    endSession(held, key, at);
  }

  /** An end was told, whether the session is known or not. */
  noteEnd(key: string, at: number): void {
    this.#ended.set(key, Math.max(at, this.#ended.get(key) ?? -Infinity));
  }

  /** The end of a session that began before, where it was told of already. */
  endAfter(key: string, at: number): number | undefined {
    const ended = this.#ended.get(key);
    return ended !== undefined && ended >= at - settlingTime ? Math.max(ended, at) : undefined;
  }

  isRevoked(key: string): boolean {
    return this.#revoked.get(key) !== undefined;
  }

  /** None of the grant's sessions opens anything any more. */
  revoke(held: HeldGrant): void {
    for (const key of [...held.sessions, ...held.connected]) {
      this.#open.delete(key);
      this.#revoked.set(key, true);
    }
    held.connected = [];
  }

  /** Those of a grant that was kept; the ends of another host's are told there. */
  restore(held: HeldGrant): void {
    for (const key of held.sessions) {
      if (held.revokedAt !== null) this.#revoked.set(key, true);
      else if (held.node === undefined) this.#open.set(key, held);
    }
  }

  forget(held: HeldGrant): void {
    for (const key of [...held.sessions, ...held.connected]) {
      if (this.#open.get(key) === held) this.#open.delete(key);
    }
  }
}
