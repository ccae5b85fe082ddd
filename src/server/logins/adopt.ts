// Takes accounts over from a classic source, one by one, as their users log in: what they typed is the
// only time that a password is here to make a better hash of.

import { errorText } from "../../core/error-text.ts";
import type { LoginAccount, LoginSource } from "../../core/login/source.ts";
import type { Log } from "../log.ts";

/** Stores the account as one of ours with a hash of the password, where it is not there yet, or is there
 * without a password: two logins may come at once. */
export type Adopt = (account: LoginAccount, password: string) => Promise<void>;

function isRestricted({ flags }: LoginAccount): boolean {
  return flags.noSmtp || flags.noPop || flags.noImap || flags.noRelay || flags.bounceMail;
}

/** The source, whose good logins are handed to `adopt` before they are answered. A login whose
 * account could not be stored is good all the same; the next one tries again. From then on our own
 * accounts, which come first, answer for it: the old place is not asked any more. */
export function adopting(source: LoginSource, adopt: Adopt, log: Log): LoginSource {
  const clearPassword = source.clearPassword?.bind(source);
  return {
    name: source.name,
    ...(clearPassword && { clearPassword }),
    close: () => source.close(),
    async verify(request) {
      const outcome = await source.verify(request);
      if (outcome.result !== "good" || outcome.account.addresses.length === 0) return outcome;
      // What the account is kept from there, nothing would keep it from here.
      if (isRestricted(outcome.account)) return outcome;
      try {
        await adopt(outcome.account, request.password);
      } catch (error) {
        const { name } = outcome.account;
        log.error(
          { event: "adopt", account: name, source: source.name, why: errorText(error) },
          `${name} logged in through ${source.name} but could not be taken over; the next login tries again`,
        );
      }
      return outcome;
    },
  };
}
