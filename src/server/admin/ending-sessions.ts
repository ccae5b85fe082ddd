// The operator's acts that make logins bad, and end the sessions that came of them.

import { type Address, mailboxKey } from "../../core/mail/address.ts";
import type { StoreOperations } from "./operations.ts";

type Changes = Pick<
  StoreOperations,
  "accountRemove" | "accountSetDisabled" | "accountSetCredentials" | "appPasswordRemove"
>;

/** An account that is closed, removed, or has a new password or an app password less loses its open
 * sessions: whoever should be in logs in again.
 * @param endOf ends those of an account, as `accountKey` has it */
export function endingSessions(
  operations: Changes & Pick<StoreOperations, "appPasswordList">,
  endOf: (account: string) => void,
): Changes {
  const end = (address: Address) => endOf(mailboxKey(address));
  return {
    async accountRemove(address) {
      await operations.accountRemove(address);
      end(address);
    },
    async accountSetDisabled(address, disabled) {
      await operations.accountSetDisabled(address, disabled);
      if (disabled) end(address);
    },
    async accountSetCredentials(address, credentials) {
      await operations.accountSetCredentials(address, credentials);
      end(address);
    },
    async appPasswordRemove(id) {
      // Whose it was cannot be seen afterwards.
      const all = await operations.appPasswordList(null);
      await operations.appPasswordRemove(id);
      for (const { account } of all.filter((each) => each.id === id)) endOf(account);
    },
  };
}
