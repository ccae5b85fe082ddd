// What a route is for, as a configuration writes it: `example.org`, `.example.org`, `*`; senders, and
// `<>` for nobody; accounts.

import { accountKey } from "../../mail/account-key.ts";
import { formatAddress, mailboxKey, parseAddress } from "../../mail/address.ts";
import { bad, good, type Result } from "../../result.ts";
import { everyDomain, nobody } from "../../routes/route-keys.ts";
import { describeValue, unfit } from "../problem.ts";
import { domainExpected, readDomain } from "./name.ts";

export const recipientsExpected = `"*" in quotes, or ${domainExpected}, with a dot in front for its subdomains`;
export const senderExpected = 'a domain or an address, or "<>" in quotes for mail without a sender';
export const accountExpected = "the address of an account, such as app@example.org";

export function readRecipients(text: string): Result<string, string> {
  return text === everyDomain ? good(text) : readPattern(text);
}

export function readSender(text: string): Result<string, string> {
  if (text === nobody) return good(text);
  if (text === everyDomain) {
    return bad(`${describeValue(text)} is said by leaving the key out; or write ${senderExpected}`);
  }
  if (!text.includes("@")) return readPattern(text);
  const address = parseAddress(text);
  return address.ok ? good(mailboxKey(address.value)) : bad(unfit(text, senderExpected));
}

export function readAccount(text: string): Result<string, string> {
  const address = parseAddress(text);
  if (!address.ok) return bad(unfit(text, accountExpected));
  return good(accountKey(formatAddress(address.value)));
}

function readPattern(text: string): Result<string, string> {
  const isBelow = text.startsWith(".");
  const suffix = /^\*(\..+)$/.exec(text)?.[1];
  if (suffix !== undefined) {
    return bad(`${describeValue(text)} does not fit here; for its subdomains write "${suffix}"`);
  }
  const domain = readDomain(isBelow ? text.slice(1) : text);
  if (!domain.ok) return domain;
  return good(isBelow ? `.${domain.value}` : domain.value);
}
