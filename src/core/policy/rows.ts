// The rows of the decision table (docs/design.md), one small matcher each. A row says what it
// found: its decision, nothing, or that it could not find out.

import { prefixContains } from "../mail/ip.ts";
import type { Decision } from "./decision.ts";
import type { Fact } from "./fact.ts";
import type { AcceptReason, RefuseReason, UnknownReason } from "./reason.ts";
import type { RecipientClass, RelayRequest, RuleSet } from "./request.ts";
import type { Place } from "../config/settings.ts";

export type RowResult = Decision | "no-match" | RowUnknown;

/** The row depends on a fact that is not known. */
export interface RowUnknown {
  readonly unknown: UnknownReason;
  readonly why: string;
}

export type Row = (rules: RuleSet, request: RelayRequest) => RowResult;

/** Row 1: the address rules deny the client. */
export const clientDenied: Row = (_rules, { facts }) =>
  when(facts.access, "access-rules-unknown", (access) => {
    if (access.access === "allow") return "no-match";
    if (access.temporary) return defer("client-denied-temporarily", undefined, access.place);
    return refuse("client-denied", undefined, access.place);
  });

/** Row 5: a limit of the client or the login is used up. */
export const overLimit: Row = (_rules, { facts }) =>
  when(facts.limit, "limits-unknown", (limit) =>
    limit === undefined ? "no-match" : defer("rate-limited", limit),
  );

/** Row 6: our domain, and no such mailbox. */
export const noSuchMailbox: Row = (_rules, request) =>
  whenRecipient(request, ({ kind }) =>
    kind === "no-mailbox" ? refuse("no-such-mailbox") : "no-match",
  );

/** Row 7: a listed stranger writes to a domain of ours or one that we relay for. */
export const blocklisted: Row = (rules, request) => {
  if (request.facts.login !== undefined || isTrusted(rules, request)) return "no-match";
  return whenRecipient(request, ({ kind }) => {
    if (kind === "foreign") return "no-match";
    return when(request.facts.blocklist, "blocklist-unknown", (verdict) =>
      verdict.listed ? refuse("blocklisted", verdict.list) : "no-match",
    );
  });
};

/** Row 8: a mailbox of ours. */
export const localRecipient: Row = (_rules, request) =>
  whenRecipient(request, ({ kind }) =>
    kind === "mailbox" ? accept("local", "local-recipient") : "no-match",
  );

/** Row 9: a domain that we relay for. */
export const relayDomain: Row = (_rules, request) =>
  whenRecipient(request, (recipient) =>
    recipient.kind === "relayed" ? accept("relay", "relay-domain", recipient.place) : "no-match",
  );

/** Row 10: somebody logged in. */
export const authenticated: Row = (_rules, request) =>
  whenForeign(request, () =>
    request.facts.login === undefined ? "no-match" : accept("relay", "authenticated"),
  );

/** Row 11: port 25, and the client is in `relay.networks`. */
export const trustedNetwork: Row = (rules, request) =>
  whenForeign(request, () => {
    const network = request.role === "mx" ? networkOf(rules, request) : undefined;
    return network === undefined ? "no-match" : accept("relay", "trusted-network", network.place);
  });

/** Row 12: port 25, and an address rule sets RELAYCLIENT. */
export const accessRule: Row = (_rules, request) =>
  whenForeign(request, () => {
    if (request.role !== "mx") return "no-match";
    return when(request.facts.access, "access-rules-unknown", (access) =>
      access.access === "allow" && access.relay
        ? accept("relay", "access-rule", access.place)
        : "no-match",
    );
  });

function isTrusted(rules: RuleSet, request: RelayRequest): boolean {
  return request.role === "mx" && networkOf(rules, request) !== undefined;
}

function networkOf({ networks }: RuleSet, { client }: RelayRequest) {
  return networks.find(({ prefix }) => prefixContains(prefix, client));
}

function when<Value>(
  fact: Fact<Value>,
  unknown: UnknownReason,
  match: (value: Value) => RowResult,
): RowResult {
  return fact.known ? match(fact.value) : { unknown, why: fact.why };
}

function whenRecipient(
  { facts }: RelayRequest,
  match: (recipient: RecipientClass) => RowResult,
): RowResult {
  return when(facts.recipient, "recipient-unknown", match);
}

/** The rows that relay for a client apply to foreign recipients alone: what is ours is decided by
 * the rows above, whoever asks. */
function whenForeign(request: RelayRequest, match: () => RowResult): RowResult {
  return whenRecipient(request, ({ kind }) => (kind === "foreign" ? match() : "no-match"));
}

function accept(deliver: "local" | "relay", reason: AcceptReason, place?: Place): Decision {
  return { verdict: "accept", deliver, reason, ...(place && { place }) };
}

function refuse(reason: RefuseReason, detail?: string, place?: Place): Decision {
  return { verdict: "refuse", reason, ...(detail && { detail }), ...(place && { place }) };
}

function defer(reason: RefuseReason, detail?: string, place?: Place): Decision {
  return { verdict: "defer", reason, ...(detail && { detail }), ...(place && { place }) };
}
