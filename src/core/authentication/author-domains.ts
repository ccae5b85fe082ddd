// The domains that a message says to be from: those whose holders DMARC asks (RFC 7489 §6.6.1).

import { type Domain, isAddressLiteral, parseDomain } from "../mail/domain.ts";
import { type HeaderField, textToOctets, valueOf } from "../mail/header-fields.ts";
import { parseMailboxList } from "../mail/mailbox-list.ts";

/** More than that no honest message has. */
const mostDomains = 5;

/** Each once. Of several From fields all count: programs show one or the other. */
export function authorDomains(fields: readonly HeaderField[]): readonly Domain[] {
  const domains = fields
    .filter(({ name }) => name === "from")
    .flatMap((field) => domainsIn(new TextDecoder().decode(textToOctets(valueOf(field)))));
  return [...new Set(domains)].filter((domain) => !isAddressLiteral(domain)).slice(0, mostDomains);
}

function domainsIn(value: string): readonly Domain[] {
  const list = parseMailboxList(value);
  if (list.ok) return list.value.map(({ domain }) => domain);
  // Whatever a program might show of a list that is none: rather one domain too many.
  const inBrackets = findDomains(value, /@([^\s@<>()"',;:]+)\s*>/g);
  return inBrackets.length > 0 ? inBrackets : findDomains(value, /@([^\s@<>()"',;:]+)/g);
}

function findDomains(value: string, pattern: RegExp): readonly Domain[] {
  return [...value.matchAll(pattern)].flatMap(([, text = ""]) => parseDomain(text) ?? []);
}
