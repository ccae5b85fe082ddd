// For each row of the table, the fact that it looks at, in words.

import type { RelayRequest, RuleSet } from "../request.ts";
import {
  accessRule,
  authenticated,
  blocklisted,
  clientDenied,
  grantLapsed,
  localRecipient,
  loginRequired,
  noSuchMailbox,
  overLimit,
  passesBlocklists,
  relayDomain,
  roamingGrant,
  type Row,
  senderNotOwned,
  tlsRequired,
  trustedNetwork,
} from "../rows.ts";
import { listingInWords, passInWords } from "./blocklist-words.ts";
import { admissionInWords, networkInWords, relayRuleInWords } from "./client-words.ts";
import {
  grantInWords,
  limitInWords,
  loginInWords,
  ownershipInWords,
  recipientInWords,
} from "./mail-words.ts";

type Words = (rules: RuleSet, request: RelayRequest) => string;

const wordsByRow: ReadonlyMap<Row, Words> = new Map([
  [clientDenied, (_, request) => admissionInWords(request)],
  [tlsRequired, (_, request) => encryptionInWords(request)],
  [
    loginRequired,
    (_, request) =>
      request.role === "mx" ? "an MX listener wants no login" : loginInWords(request),
  ],
  [senderNotOwned, (_, request) => ownershipInWords(request)],
  [overLimit, (_, request) => limitInWords(request)],
  [noSuchMailbox, (_, request) => recipientInWords(request)],
  [blocklisted, blocklistInWords],
  [localRecipient, (_, request) => recipientInWords(request)],
  [relayDomain, (_, request) => recipientInWords(request)],
  [authenticated, (_, request) => ifForeign(request, () => loginInWords(request))],
  [trustedNetwork, (rules, request) => ifMx(request, () => networkInWords(rules, request))],
  [accessRule, (_, request) => ifMx(request, () => relayRuleInWords(request))],
  [roamingGrant, (_, request) => ifMx(request, () => grantInWords(request))],
  [grantLapsed, (_, request) => ifMx(request, () => grantInWords(request))],
]);

/** @throws where a row was added to the table and not to the words: a bug. */
export function factInWords(row: Row, rules: RuleSet, request: RelayRequest): string {
  const words = wordsByRow.get(row);
  if (words === undefined) throw new Error(`row ${row.number} has no words`);
  return words(rules, request);
}

function encryptionInWords({ tls }: RelayRequest): string {
  switch (tls) {
    case "up":
      return "the connection is encrypted";
    case "optional":
      return "the connection is in the clear, which this listener allows";
    case "required":
      return "the connection is in the clear";
  }
}

function blocklistInWords(rules: RuleSet, request: RelayRequest): string {
  if (passesBlocklists(rules, request)) return passInWords(rules, request);
  const { recipient } = request.facts;
  if (!recipient.known) return recipientInWords(request);
  if (recipient.value.kind === "foreign") {
    return `${recipientInWords(request)}: the rows below decide, listed or not`;
  }
  return listingInWords(request);
}

/** Rows that relay look at the recipient first. */
function ifForeign(request: RelayRequest, words: () => string): string {
  const { recipient } = request.facts;
  return recipient.known && recipient.value.kind === "foreign"
    ? words()
    : recipientInWords(request);
}

function ifMx(request: RelayRequest, words: () => string): string {
  return ifForeign(request, () =>
    request.role === "mx" ? words() : "a submission listener relays for logins alone",
  );
}
