// Grants: addresses that may relay because a user has read mail from them.

import type { MailboxLogin, MailboxLogout } from "../../core/grants/mailbox-login.ts";

/** Where those who see logins tell of them: at once or late, once or again, in any order. Whoever tells
 * of a beginning tells the same host of the end. */
export interface GrantDesk {
  /**
   * Resolves when the address may relay, or with why it may not; never rejects. A session that goes on
   * may be told of again with a later time: of one of another server that was not for 48 hours, it
   * is taken that its end was missed.
   */
  opened(login: MailboxLogin): Promise<Opened>;
  /** Resolves with whether the session was known; never rejects. */
  closed(logout: MailboxLogout): Promise<boolean>;
}

export type Opened =
  | { readonly granted: true }
  /** In words, for the log and for whoever told. */
  | { readonly granted: false; readonly why: string };
