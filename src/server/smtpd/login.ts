// Who is logged in, as the relay policy sees it.

import {
  type Address,
  formatAddress,
  mailboxKey,
  parseAddress,
  type ReversePath,
} from "../../core/mail/address.ts";
import { type Fact, known } from "../../core/policy/fact.ts";
import type { Login } from "../../core/policy/request.ts";

/** The login of an account whose one address is its own. */
export function loginAs(account: Address, sender: ReversePath): Login {
  const owns = sender !== null && mailboxKey(sender) === mailboxKey(account);
  return { account: formatAddress(account), ownsSender: known(owns) };
}

/** Whether an account may send as an address: as its own. */
export function ownsSender(account: string, sender: Address): Fact<boolean> {
  const own = parseAddress(account);
  return known(own.ok && mailboxKey(own.value) === mailboxKey(sender));
}
