// A grant as the book holds it, and the questions that depend on the time.

import type { IpAddress } from "../mail/ip.ts";
import {
  endsWithUs,
  type Grant,
  type GrantRules,
  rememberedFor,
  sharedWithin,
  unheardFor,
} from "./grant.ts";
import type { GrantSource, MailboxLogin } from "./mailbox-login.ts";

export interface HeldGrant {
  readonly id: string;
  /** The host that keeps it; undefined for this one. */
  readonly node: string | undefined;
  readonly client: IpAddress;
  readonly account: string | null;
  source: GrantSource;
  software: string | null;
  openedAt: number;
  heardAt: number;
  /** The end of the last session that has ended, or its only moment. */
  endedAt: number;
  lifetime: number | null;
  revokedAt: number | null;
  /** Sessions of other servers that go on. */
  sessions: readonly string[];
  /** Sessions that go on and end with their connection to us. */
  connected: readonly string[];
}

/** Whether a session goes on. */
function isOpen(grant: HeldGrant, now: number): boolean {
  if (grant.connected.length > 0) return true;
  return grant.sessions.length > 0 && now - grant.heardAt < unheardFor;
}

/** When the last session ended; of a session that nobody hears of any more, the last sign. */
function endOf(grant: HeldGrant): number {
  return grant.sessions.length > 0 ? Math.max(grant.endedAt, grant.heardAt) : grant.endedAt;
}

/** When it ends, as far as is known now; undefined while a session goes on. */
export function expiryOf(grant: HeldGrant, rules: GrantRules, now: number): number | undefined {
  if (isOpen(grant, now)) return undefined;
  return endOf(grant) + (grant.lifetime ?? rules.lifetime);
}

export function isLive(grant: HeldGrant, rules: GrantRules, now: number): boolean {
  if (grant.revokedAt !== null) return false;
  const expiry = expiryOf(grant, rules, now);
  return expiry === undefined || now < expiry;
}

/** Whether it says that somebody has logged in lately. */
export function isRecent(grant: HeldGrant, rules: GrantRules, now: number): boolean {
  if (isLive(grant, rules, now)) return true;
  return now - Math.max(endOf(grant), grant.heardAt) < sharedWithin;
}

/** Whether nobody asks for it any more. */
export function isForgotten(grant: HeldGrant, rules: GrantRules, now: number): boolean {
  if (grant.revokedAt !== null) {
    return now - Math.max(grant.revokedAt, grant.heardAt) >= rememberedFor;
  }
  const expiry = expiryOf(grant, rules, now);
  return expiry !== undefined && now - expiry >= rememberedFor;
}

export function toGrant(held: HeldGrant, now: number): Grant {
  const { id, client, account, source, software, openedAt, heardAt, lifetime, revokedAt } = held;
  const endedAt = isOpen(held, now) ? null : endOf(held);
  const { sessions } = held;
  const said = { source, software, openedAt, heardAt, endedAt, lifetime, revokedAt, sessions };
  return { id, client, account, ...said };
}

/** Adds a session that goes on. */
export function addSession(grant: HeldGrant, source: GrantSource, key: string): void {
  if (endsWithUs(source)) grant.connected = [...without(grant.connected, key), key];
  else grant.sessions = [...without(grant.sessions, key), key];
}

export function endSession(grant: HeldGrant, key: string, at: number): void {
  grant.connected = without(grant.connected, key);
  grant.sessions = without(grant.sessions, key);
  grant.endedAt = Math.max(grant.endedAt, at);
}

/** Of a login that is just told of; no session of it goes on yet. */
export function newGrant(id: string, login: MailboxLogin, at: number): HeldGrant {
  return {
    id,
    node: undefined,
    client: login.client,
    account: login.account ?? null,
    source: login.source,
    software: null,
    openedAt: at,
    heardAt: at,
    endedAt: at,
    lifetime: null,
    revokedAt: null,
    sessions: none,
    connected: none,
  };
}

/** Sessions that end with their connection are kept without their names. */
export const keptConnection = "";

// Most grants have no session that goes on; the same list for all of them takes no memory.
const none: readonly string[] = [];
const keptAlone: readonly string[] = [keptConnection];

function without(names: readonly string[], name: string): readonly string[] {
  const left = names.filter((each) => each !== name);
  return left.length === 0 ? none : left;
}

/** From what was kept. Times that lie ahead are those of a clock that was set back since: nothing
 * lasts longer for that. */
export function heldFrom(grant: Grant, node: string | undefined, now: number): HeldGrant {
  const { id, client, account, source, software, lifetime, revokedAt, sessions, endedAt } = grant;
  const heardAt = Math.min(grant.heardAt, now);
  const isConnected = endedAt === null && sessions.length === 0;
  return {
    id,
    node,
    client,
    account,
    source,
    software,
    lifetime,
    openedAt: Math.min(grant.openedAt, now),
    heardAt,
    endedAt: Math.min(endedAt ?? heardAt, now),
    revokedAt: revokedAt === null ? null : Math.min(revokedAt, now),
    sessions: sessions.length === 0 ? none : sessions,
    connected: isConnected ? keptAlone : none,
  };
}
