// What an operator can give to an account: an address, or all those of a domain that nobody has.

import { type Address, formatAddress, mailboxKey, parseAddress } from "./address.ts";
import { type Domain, parseDomain } from "./domain.ts";
import { catchAllKey } from "./mailbox-keys.ts";

export interface AddressPattern {
  /** Null: every address of the domain that nobody has. */
  readonly local: string | null;
  readonly domain: Domain;
}

/** `info@example.org`, or `@example.org` for the rest of the domain. */
export function parseAddressPattern(text: string): AddressPattern | undefined {
  if (text.startsWith("@")) {
    const domain = parseDomain(text.slice(1));
    return domain === undefined ? undefined : { local: null, domain };
  }
  const address = parseAddress(text);
  return address.ok ? address.value : undefined;
}

export function formatAddressPattern(pattern: AddressPattern): string {
  return isOne(pattern) ? formatAddress(pattern) : `@${pattern.domain}`;
}

/** The key under which the store has it. */
export function patternKey(pattern: AddressPattern): string {
  return isOne(pattern) ? mailboxKey(pattern) : catchAllKey(pattern.domain);
}

function isOne(pattern: AddressPattern): pattern is Address {
  return pattern.local !== null;
}
