// A grant: the permission to relay that a user's login to read mail has opened for the address from
// which the user read it.

import type { IpAddress } from "../mail/ip.ts";
import type { GrantSource } from "./mailbox-login.ts";

/** Times are milliseconds, of a clock that nobody sets. Null, not undefined: grants cross the
 * control socket. */
export interface Grant {
  readonly id: string;
  readonly client: IpAddress;
  /** As `accountKey` has it; null where the source names nobody. */
  readonly account: string | null;
  /** Who told of it last. */
  readonly source: GrantSource;
  readonly software: string | null;
  /** When this permission began; logins while it lasts prolong it. */
  readonly openedAt: number;
  /** The last login, or the last sign of a session that goes on. */
  readonly heardAt: number;
  /** The end of the last session; null while one goes on. */
  readonly endedAt: number | null;
  /** How long it lasts from there, where that is not what the rules say. */
  readonly lifetime: number | null;
  /** When the operator, or a change of the account, ended it for good. */
  readonly revokedAt: number | null;
  /** Sessions of other servers that go on, as `sessionKey` names them; those that went on, of a
   * grant that was revoked. */
  readonly sessions: readonly string[];
}

/** What the configuration says of all of them. */
export interface GrantRules {
  /** From the end of the session. */
  readonly lifetime: number;
  /** Whether a login from an IPv6 address is for that address, or for its /64. */
  readonly ipv6: "address" | "network";
  /** An address from which more accounts than so many have logged in lately is nobody's. */
  readonly sharedAfter: number;
}

const hour = 3_600_000;

/** A session of another server that nobody has been heard of for so long has ended: whoever should
 * have told us so has failed. */
export const unheardFor = 48 * hour;
/** Logins within this time are lately, where it is asked whether an address is shared. */
export const sharedWithin = 24 * hour;
/** For so long after its end a grant is remembered, for those who wonder. */
export const rememberedFor = 7 * 24 * hour;

/** Sources of sessions that end with their connection, and with this program. */
export function endsWithUs(source: GrantSource): boolean {
  return source === "pop3";
}

/** One name for a session, whoever told of it. */
export function sessionKey(source: GrantSource, session: string): string {
  return `${source} ${session}`;
}

/** Octets in one name of a session, characters in one of client software. */
export const longestSession = 200;
export const longestSoftware = 100;
