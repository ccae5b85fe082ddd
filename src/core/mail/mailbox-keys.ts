// The names under which an address may be somebody's, beside its own: without its detail, and as one
// of all those that nobody has.

import { type Address, mailboxKey } from "./address.ts";
import type { Domain } from "./domain.ts";

/** In the order in which they count: the address itself, without its detail where it has one, and
 * whoever takes the rest of the domain. */
export function mailboxKeys(address: Address): readonly string[] {
  const exact = mailboxKey(address);
  const plain = withoutDetail(exact);
  const rest = catchAllKey(address.domain);
  return plain === undefined ? [exact, rest] : [exact, plain, rest];
}

/** No address has an empty local part, so that this is the key of none. */
export function catchAllKey(domain: Domain): string {
  return `@${domain}`;
}

/** `user+detail@domain` is `user@domain` (RFC 5233); undefined where there is no detail. */
export function withoutDetail(key: string): string | undefined {
  const at = key.lastIndexOf("@");
  const plus = key.indexOf("+");
  return plus > 0 && plus < at ? key.slice(0, plus) + key.slice(at) : undefined;
}

/** The address of a mailbox, in the form in which mailboxes are compared. */
export function addressOfKey(key: string): Address {
  const at = key.lastIndexOf("@");
  return { local: key.slice(0, at), domain: key.slice(at + 1) };
}
