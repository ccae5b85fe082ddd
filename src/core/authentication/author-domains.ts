// The domains that a message says to be from: those whose holders DMARC asks (RFC 7489 §6.6.1).

import { type Domain, isAddressLiteral, parseDomain } from "../mail/domain.ts";
import { type HeaderField, textToOctets, valueOf } from "../mail/header-fields.ts";
import { parseMailboxList } from "../mail/mailbox-list.ts";

/** Each once, however many there are. Of several From fields all count: programs show one or the other. */
export function authorDomains(fields: readonly HeaderField[]): readonly Domain[] {
  const domains = fields
    .filter(({ name }) => name === "from")
    .flatMap((field) => domainsIn(new TextDecoder().decode(textToOctets(valueOf(field)))));
  return [...new Set(domains)].filter((domain) => !isAddressLiteral(domain));
}

function domainsIn(value: string): readonly Domain[] {
  const list = parseMailboxList(value);
  if (list.ok) return list.value.map(({ domain }) => domain);
  // Whatever a program might show of a list that is none: rather one domain too many. Of each entry, for a
  // bracket in one must not hide the others.
  return value.split(/[,;]/).flatMap((entry) => {
    const inBrackets = findDomains(entry, bracketed);
    return inBrackets.length > 0 ? inBrackets : findDomains(entry, anywhere);
  });
}

/** Programs may pass over control characters, and over octets that are no letter. */
const domainText = "@([^\\s\\u0000-\\u001f\\u007f-\\u009f\\ufffd@<>()\"',;:]+)";
const bracketed = new RegExp(`${domainText}\\s*>`, "g");
const anywhere = new RegExp(domainText, "g");

function findDomains(value: string, pattern: RegExp): readonly Domain[] {
  return [...value.matchAll(pattern)].flatMap(
    ([, text = ""]) => parseDomain(text.replace(/\.$/, "")) ?? [],
  );
}
