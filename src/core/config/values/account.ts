// Accounts, and whole domains of them, in a configuration.

import { mailboxKey, parseAddress } from "../../mail/address.ts";
import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";
import { readDomain } from "./name.ts";

/** What to write, for messages. */
export const accountOrDomainExpected =
  "an account or a domain, such as ann@example.org or example.net";

/** The account's key (`mailboxKey`) or the domain's name, in the form in which they are compared. */
export function readAccountOrDomain(text: string): Result<string, string> {
  if (!text.includes("@")) {
    const domain = readDomain(text);
    return domain.ok ? domain : bad(unfit(text, accountOrDomainExpected));
  }
  const address = parseAddress(text);
  return address.ok ? good(mailboxKey(address.value)) : bad(unfit(text, accountOrDomainExpected));
}
