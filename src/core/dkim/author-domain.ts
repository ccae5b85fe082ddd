// Whose signature a message may bear.

import { type Domain, isAddressLiteral } from "../mail/domain.ts";
import { parseMailboxList } from "../mail/mailbox-list.ts";

/** The one domain of all addresses in From: a signature of that domain, and of no other, counts for DMARC
 * (RFC 7489 §3.1.1). Undefined where there are several, none, or a doubt.
 * @param from what each From field says */
export function authorDomain(from: readonly string[]): Domain | undefined {
  const [value, ...more] = from;
  if (value === undefined || more.length > 0) return undefined;
  const authors = parseMailboxList(value);
  if (!authors.ok) return undefined;
  const [domain, ...others] = new Set(authors.value.map((author) => author.domain));
  if (domain === undefined || others.length > 0 || isAddressLiteral(domain)) return undefined;
  return domain;
}
