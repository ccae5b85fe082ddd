// Another port: sources that may know of logins which nobody has told us of.

import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Fact } from "../../core/policy/fact.ts";

/** A table that others write (vpopmail's relay table), read on demand. */
export interface GrantInquiry {
  /** In words, for the log: `the relay table`. */
  readonly name: string;
  /**
   * What is known of logins from the client's address; none is an answer, too. Asked only where the
   * decision hangs on it: for a client that would be refused otherwise. Resolves with an unknown
   * fact where the source cannot be asked; never rejects.
   *
   * The caller bounds it: it waits 2 seconds at most, asks few questions at once, and few about one
   * client that there is nothing of. What comes later is thrown away.
   *
   * @returns logins without a `session`, whose `at` is the time that the source has: from then on
   * the lifetime counts. One that has no time of its own says the present.
   */
  ask(client: IpAddress): Promise<Fact<readonly MailboxLogin[]>>;
}
