// Grants: addresses that may relay because a user has read mail from them.

import type { MailboxLogin, MailboxLogout } from "../../core/grants/mailbox-login.ts";

/** Where those who see logins tell of them. */
export interface GrantDesk {
  /** Resolves when the address may relay, or with why it may not; never rejects. */
  opened(login: MailboxLogin): Promise<Opened>;
  /** Resolves with whether the session was known; never rejects. */
  closed(logout: MailboxLogout): Promise<boolean>;
}

export type Opened =
  | { readonly granted: true }
  /** In words, for the log and for whoever told. */
  | { readonly granted: false; readonly why: string };
