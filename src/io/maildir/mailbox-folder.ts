// Which folder a mailbox has. Addresses come from outside, so none may lead to another place.

import { join } from "node:path";
import { type Address, formatAddress, mailboxKey, utf8Length } from "../../core/mail/address.ts";
import { bad, good, type Result } from "../../core/result.ts";

/** Octets that a file system allows for one name. */
const maxNameOctets = 255;

/** `ROOT/DOMAIN/LOCALPART`, both in the form in which mailboxes are compared. The problem is a
 * sentence for whoever wanted such a mailbox. */
export function mailboxFolder(root: string, address: Address): Result<string, string> {
  const { domain } = address;
  const local = mailboxKey(address).slice(0, -(domain.length + 1));
  for (const name of [domain, local]) {
    const problem = objectTo(name);
    if (problem !== undefined) {
      return bad(`${formatAddress(address)} cannot have a mailbox here: ${problem}`);
    }
  }
  return good(join(root, domain, local));
}

function objectTo(name: string): string | undefined {
  if (name === "") return "a part of it is empty";
  if (name.startsWith(".")) return "a part of it begins with a dot";
  if (name.includes("/")) return "there is a slash in it";
  if (name.includes("\0")) return "there is a NUL in it";
  return utf8Length(name) > maxNameOctets ? "a part of it is over 255 octets long" : undefined;
}
