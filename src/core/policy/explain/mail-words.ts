// What is known of login, sender and recipient, in words.

import { inBrackets } from "../../config/place.ts";
import { formatAddress, formatReversePath } from "../../mail/address.ts";
import { formatDate } from "../../mail/date.ts";
import { formatIp } from "../../mail/ip.ts";
import type { ClosedWhy, RelayRequest } from "../request.ts";

export function loginInWords({ facts: { login } }: RelayRequest): string {
  return login === undefined ? "nobody is logged in" : `${login.account} is logged in`;
}

export function ownershipInWords(request: RelayRequest): string {
  const { login } = request.facts;
  if (login === undefined) return loginInWords(request);
  const { account, ownsSender } = login;
  const sender = `<${formatReversePath(request.sender)}>`;
  if (!ownsSender.known) {
    return `whether ${account} may send as ${sender} is not known: ${ownsSender.why}`;
  }
  return ownsSender.value
    ? `${account} may send as ${sender}`
    : `${sender} is not one of the addresses of ${account}`;
}

export function limitInWords({ facts: { limit } }: RelayRequest): string {
  if (!limit.known) return `whether a limit is reached is not known: ${limit.why}`;
  return limit.value === undefined ? "no limit is reached" : `reached: ${limit.value}`;
}

export function recipientInWords({ recipient, facts }: RelayRequest): string {
  const address = formatAddress(recipient);
  if (!facts.recipient.known) {
    return `what <${address}> is to us is not known: ${facts.recipient.why}`;
  }
  const found = facts.recipient.value;
  switch (found.kind) {
    case "mailbox":
      return `<${address}> is a mailbox here`;
    case "forward":
      return `mail for <${address}> is sent on`;
    case "closed":
      return closedInWords[found.why](address);
    case "no-mailbox":
      return `${recipient.domain} is ours, and has no mailbox <${address}>`;
    case "relayed":
      return `mail for ${recipient.domain} is handed on${inBrackets(found.place)}`;
    case "foreign":
      return `${recipient.domain} is not one of our domains`;
  }
}

const closedInWords: Readonly<Record<ClosedWhy, (address: string) => string>> = {
  "members-only": (address) => `<${address}> takes mail from members alone; the sender is none`,
  forged: (address) => `<${address}> is made like a return path (SRS), but not by this server`,
  expired: (address) => `<${address}> is a return path (SRS) that is too old`,
  "not-a-bounce": (address) => `<${address}> is a return path (SRS), for mail from <> alone`,
};

/** Whose grant it is, as far as its source says. */
export function userOf(account: string | null): string {
  return account ?? "somebody";
}

export function grantInWords({ client, sender, facts: { grant } }: RelayRequest): string {
  const ip = formatIp(client);
  if (!grant.known) return `whether somebody read mail from ${ip} is not known: ${grant.why}`;
  const state = grant.value;
  switch (state.kind) {
    case "none":
      return `nobody has read mail (POP, IMAP) from ${ip} lately`;
    case "shared":
      return `${state.accounts} accounts have read mail from ${ip} lately: it lets none of them relay`;
    case "expired":
      return `the grant of ${userOf(state.account)} for ${ip} ended ${formatDate(state.expiredAt)}`;
    case "live": {
      const covers = state.covers ? "covers" : "does not cover";
      return `the grant of ${userOf(state.account)} for ${ip} ${covers} the sender <${formatReversePath(sender)}>`;
    }
  }
}
