// What opens relaying: a user has logged in to read mail, here or at another server that tells us.

import type { IpAddress } from "../mail/ip.ts";

/** Who tells of the login. */
export type GrantSource = "pop3" | "dovecot" | "relay-table" | "log" | "http" | "operator";

export interface MailboxLogin {
  readonly source: GrantSource;
  /** As `accountKey` has it; undefined where the source names nobody, as vpopmail's table. */
  readonly account: string | undefined;
  readonly client: IpAddress;
  /** The source's own name for the session, where it tells of its end as well; without one, the
   * session is over as soon as it began. */
  readonly session?: string;
  /** What the client calls itself, where it is known. */
  readonly software?: string;
  /** UTC milliseconds. */
  readonly at: number;
  /** Milliseconds that it lasts from there, where the source says so itself. */
  readonly lifetime?: number;
}

/** The end of a session that was told of before. */
export interface MailboxLogout {
  readonly source: GrantSource;
  readonly session: string;
  /** UTC milliseconds. */
  readonly at: number;
}
