// Who is logged in, as the relay policy sees it.

import { type Address, formatAddress, type ReversePath } from "../../core/mail/address.ts";
import type { Login } from "../../core/policy/request.ts";
import type { Directory } from "../directory/directory.ts";

export type OwnsSender = Directory["ownsSender"];

/** Answers at once where the account sends as itself. */
export function loginAs(
  ownsSender: OwnsSender,
  account: Address,
  sender: ReversePath,
): Login | Promise<Login> {
  const name = formatAddress(account);
  const owns = ownsSender(account, sender);
  if (!(owns instanceof Promise)) return { account: name, ownsSender: owns };
  return owns.then((found) => ({ account: name, ownsSender: found }));
}
