// What opens grants, prolongs them and ends them: logins to read mail and the ends of their sessions,
// told once or again, in order or not, and revocations. All in memory, found by the client's address.

import { type IpAddress, isSameIp } from "../mail/ip.ts";
import {
  endsWithUs,
  type Grant,
  type GrantRules,
  longestSession,
  longestSoftware,
  sessionKey,
  unheardFor,
} from "./grant.ts";
import { GrantShelf } from "./grant-shelf.ts";
import {
  heldFrom,
  type HeldGrant,
  isForgotten,
  isLive,
  keptConnection,
  newGrant,
  toGrant,
} from "./held-grant.ts";
import type { MailboxLogin, MailboxLogout } from "./mailbox-login.ts";
import { Sessions } from "./sessions.ts";
import { type Standing, standingOf } from "./standing.ts";

export interface BookOptions {
  readonly rules: GrantRules;
  readonly newId: () => string;
  /** Told of each grant of this host that has changed and is to be kept. */
  readonly onChanged: (id: string) => void;
  /** Grants at most, those that are over and remembered included; each takes about 600 octets. */
  readonly capacity?: number;
}

/** What a grant is known by. */
export type Named = Pick<Grant, "id" | "client" | "account">;

export type OpenResult =
  /** `isNew`: nothing was granted there before. */
  | { readonly ok: true; readonly grant: Grant; readonly isNew: boolean }
  | { readonly ok: false; readonly why: string };

const usualCapacity = 250_000;
/** Times are those of a clock that never goes back and that nobody sets. */
export class GrantBook {
  readonly #options: BookOptions;
  readonly #shelf: GrantShelf;
  #rules: GrantRules;
  readonly #sessions = new Sessions();

  constructor(options: BookOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#shelf = new GrantShelf({
      rules: options.rules,
      capacity: options.capacity ?? usualCapacity,
      onRemoved: (held) => this.#sessions.forget(held),
    });
  }

  get size(): number {
    return this.#shelf.size;
  }

  get rules(): GrantRules {
    return this.#rules;
  }

  /** Other rules hold from now on, for the grants that are there as well. */
  renew(rules: GrantRules): void {
    this.#rules = rules;
    this.#shelf.renew(rules);
  }

  /** A user has logged in: told once, again, late, or after the end of the same session. Told again
   * with a later time, it is a sign that the session goes on.
   * @param lifetime of this grant alone, which is then one of its own */
  open(login: MailboxLogin, now: number, lifetime: number | null = null): OpenResult {
    const { source, session } = login;
    const key = session === undefined ? undefined : sessionKey(source, session);
    const at = Math.min(login.at, now);
    const ended = key === undefined ? at : this.#sessions.endAfter(key, at);
    const problem =
      this.#problemWith(login, at) ?? this.#tooLate(source, { at, ended, lifetime, now });
    if (problem !== undefined) return { ok: false, why: problem };
    const held = this.#grantFor(login, at, lifetime, now);
    if (held === undefined)
      return { ok: false, why: "more grants are live than memory is meant for" };
    // After a pause the permission is a new one.
    if (!isLive(held, this.#rules, now)) held.openedAt = at;
    held.source = source;
    held.software = login.software?.slice(0, longestSoftware) ?? held.software;
    held.heardAt = Math.max(held.heardAt, at);
    held.lifetime = lifetime;
    if (key === undefined || ended !== undefined)
      held.endedAt = Math.max(held.endedAt, ended ?? at);
    else this.#begin(held, login, key, at);
    this.#options.onChanged(held.id);
    return { ok: true, grant: toGrant(held, now), isNew: held.openedAt === at };
  }

  /** A session has ended; returns whether it was known. */
  close({ source, session, at }: MailboxLogout, now: number): boolean {
    if (session.length > longestSession) return false;
    const key = sessionKey(source, session);
    if (this.#sessions.isRevoked(key)) return true;
    const end = Math.min(at, now);
    this.#sessions.noteEnd(key, end);
    const held = this.#sessions.holder(key);
    if (held === undefined) return false;
    this.#end(held, key, end);
    return true;
  }

  /** What the grants around a client come to; undefined where there are none. */
  standing(client: IpAddress, now: number): Standing | undefined {
    const around = this.#shelf.around(client);
    return around.length === 0 ? undefined : standingOf(around, this.#rules, now);
  }

  get(id: string, now: number): Grant | undefined {
    const held = this.#shelf.get(id);
    return held && toGrant(held, now);
  }

  /** What the client at an address calls itself, as the account's last login there said. */
  softwareOf(client: IpAddress, account: string | null): string | null {
    const around = this.#shelf.around(client).filter((held) => held.account === account);
    return around.toSorted((one, other) => other.heardAt - one.heardAt)[0]?.software ?? null;
  }

  /** Those at the client's address that other hosts keep. */
  elsewhere(client: IpAddress, now: number): readonly Grant[] {
    const others = this.#shelf.around(client).filter(({ node }) => node !== undefined);
    return others.map((held) => toGrant(held, now));
  }

  /** Those that are remembered, in no order. */
  list(now: number): readonly Grant[] {
    return Array.from(this.#shelf.all(), (held) => toGrant(held, now));
  }

  /** Ends grants for good: neither a session that goes on nor an old login that is told again opens
   * them. Returns those that it meant. */
  revoke(isMeant: (grant: Named) => boolean, now: number): readonly Grant[] {
    const meant: Grant[] = [];
    for (const held of this.#shelf.all()) {
      if (held.revokedAt !== null || !isMeant(held)) continue;
      this.#revoke(held, now);
      meant.push(toGrant(held, now));
    }
    return meant;
  }

  /** The same of those with these ids, as far as they are known. */
  revokeThese(ids: Iterable<string>, now: number): void {
    for (const id of ids) {
      const held = this.#shelf.get(id);
      if (held !== undefined && held.revokedAt === null) this.#revoke(held, now);
    }
  }

  /** Takes what was kept before, or what another host has told of, in the place of what it was.
   * @param node the host that keeps it; undefined where that is this one */
  adopt(grant: Grant, node: string | undefined, now: number): void {
    const before = this.#shelf.get(grant.id);
    if (before !== undefined) this.#shelf.remove(before);
    const held = heldFrom(grant, node, now);
    if (!this.#shelf.add(held, now)) return;
    if (held.revokedAt !== null) this.#revokeWith(held, now);
    this.#sessions.restore(held);
  }

  /** What was kept of connections to a host has ended with it, at that time.
   * @param node undefined for this host, before it started */
  disconnect(node: string | undefined, at: number): void {
    for (const held of this.#shelf.all()) {
      if (held.node === node && held.connected.includes(keptConnection)) {
        this.#end(held, keptConnection, at);
      }
    }
  }

  /** Forgets those that are long over. */
  sweep(now: number): void {
    for (const held of this.#shelf.all()) {
      if (isForgotten(held, this.#rules, now)) this.#shelf.remove(held);
    }
  }

  #problemWith({ source, session, client, account }: MailboxLogin, at: number): string | undefined {
    if (session !== undefined && session.length > longestSession) {
      return "the name of its session is too long";
    }
    const isRevoked =
      (session !== undefined && this.#sessions.isRevoked(sessionKey(source, session))) ||
      this.#shelf
        .around(client)
        .some((held) => isOf(held, client, account) && at < (held.revokedAt ?? -Infinity));
    return isRevoked ? "the grant was revoked: it takes a new login" : undefined;
  }

  #tooLate(
    source: MailboxLogin["source"],
    { at, ended, lifetime, now }: Timing,
  ): string | undefined {
    const end = ended ?? (endsWithUs(source) ? undefined : at);
    const time = ended === undefined ? unheardFor : (lifetime ?? this.#rules.lifetime);
    return end !== undefined && now - end >= time ? "the login was too long ago" : undefined;
  }

  #grantFor(login: MailboxLogin, at: number, lifetime: number | null, now: number) {
    const found = this.#shelf
      .around(login.client)
      .find(
        (held) =>
          held.node === undefined &&
          held.revokedAt === null &&
          isOf(held, login.client, login.account) &&
          (held.lifetime === null) === (lifetime === null),
      );
    if (found !== undefined) return found;
    const held = newGrant(this.#options.newId(), login, at);
    return this.#shelf.add(held, now) ? held : undefined;
  }

  #begin(held: HeldGrant, login: MailboxLogin, key: string, at: number): void {
    const before = this.#sessions.holder(key);
    // A name that is used anew: the end of the session before was not told.
    if (before !== undefined && before !== held) this.#end(before, key, at);
    held.endedAt = Math.max(held.endedAt, at);
    this.#sessions.begin(held, login);
  }

  #end(held: HeldGrant, key: string, at: number): void {
    this.#sessions.end(held, key, at);
    this.#changed(held);
  }

  #revoke(held: HeldGrant, now: number): void {
    held.revokedAt = now;
    this.#sessions.revoke(held);
    this.#changed(held);
  }

  /** A session that was told of again before it was known that it is revoked. */
  #revokeWith({ sessions }: HeldGrant, now: number): void {
    for (const key of sessions) {
      const other = this.#sessions.holder(key);
      if (other !== undefined) this.#revoke(other, now);
    }
  }

  /** What another host keeps is not ours to keep. */
  #changed(held: HeldGrant): void {
    if (held.node === undefined) this.#options.onChanged(held.id);
  }
}

interface Timing {
  readonly at: number;
  /** Undefined while the session goes on. */
  readonly ended: number | undefined;
  readonly lifetime: number | null;
  readonly now: number;
}

function isOf(held: HeldGrant, client: IpAddress, account: string | undefined): boolean {
  return held.account === (account ?? null) && isSameIp(held.client, client);
}
