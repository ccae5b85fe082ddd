// Which mail a route is for: each of its keys is a condition, and all have to hold.

import { mailboxKey, type ReversePath } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";

/** Every domain, one domain, or with a dot in front the subdomains of one: `*`, `example.org`,
 * `.example.org`. */
export type DomainPattern = string;

/** A pattern of the sender's domain, one address as `mailboxKey` has it, or `<>` for nobody. */
export type SenderPattern = string;

export interface RouteKeys {
  /** The recipient's domain. */
  readonly to: DomainPattern;
  /** Absent: whoever. */
  readonly from?: SenderPattern;
  /** The account that answers for the message, as `accountKey` has it; absent: any, or none. */
  readonly account?: string;
}

/** A recipient's mail, as routes see it. */
export interface RoutedMail {
  readonly domain: Domain;
  readonly sender: ReversePath;
  readonly login?: string;
}

export const everyDomain: DomainPattern = "*";
export const nobody: SenderPattern = "<>";

export function isFor({ to, from, account }: RouteKeys, mail: RoutedMail): boolean {
  return (
    matchesDomain(to, mail.domain) &&
    (from === undefined || matchesSender(from, mail.sender)) &&
    (account === undefined || account === mail.login)
  );
}

/** Whether one route takes all mail that another one is for. */
export function takesAllOf(one: RouteKeys, other: RouteKeys): boolean {
  return (
    domainCovers(one.to, other.to) &&
    (one.from === undefined || (other.from !== undefined && senderCovers(one.from, other.from))) &&
    (one.account === undefined || one.account === other.account)
  );
}

function matchesDomain(pattern: DomainPattern, domain: Domain): boolean {
  if (pattern === everyDomain) return true;
  return pattern.startsWith(".") ? domain.endsWith(pattern) : domain === pattern;
}

function matchesSender(pattern: SenderPattern, sender: ReversePath): boolean {
  if (sender === null) return pattern === nobody;
  if (pattern.includes("@")) return mailboxKey(sender) === pattern;
  return pattern !== nobody && matchesDomain(pattern, sender.domain);
}

/** `.a.example` is all below `a.example`, and `.example` is that and more. */
function domainCovers(one: DomainPattern, other: DomainPattern): boolean {
  if (one === everyDomain || one === other) return true;
  return one.startsWith(".") && other.endsWith(one);
}

function senderCovers(one: SenderPattern, other: SenderPattern): boolean {
  if (one === other) return true;
  if (one === nobody || other === nobody || one.includes("@")) return false;
  const domain = other.slice(other.lastIndexOf("@") + 1);
  return domainCovers(one, domain);
}
