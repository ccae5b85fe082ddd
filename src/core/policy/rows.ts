// The rows of the decision table (docs/how-it-decides.md), one small matcher each. A row says what it
// found: its decision, nothing, or that it could not find out.

import type { Place } from "../config/settings.ts";
import { formatDate } from "../mail/date.ts";
import type { Decision } from "./decision.ts";
import type { Fact } from "./fact.ts";
import type { AcceptReason, RefuseReason, UnknownReason } from "./reason.ts";
import type {
  ClosedWhy,
  GrantState,
  RecipientClass,
  RelayRequest,
  RuleSet,
  TrustedNetwork,
} from "./request.ts";
import { findNetwork } from "./trusted.ts";

export interface Row {
  /** In the table of docs/how-it-decides.md. */
  readonly number: number;
  /** When the row applies, in the table's words. */
  readonly when: string;
  readonly match: (rules: RuleSet, request: RelayRequest) => RowResult;
}

export type RowResult = Decision | "no-match" | RowUnknown;

/** The row depends on a fact that is not known. */
export interface RowUnknown {
  readonly unknown: UnknownReason;
  readonly why: string;
}

export const clientDenied: Row = {
  number: 1,
  when: "the address rules deny the client",
  match: (_rules, { facts: { access } }) => {
    if ("neverDenies" in access) return "no-match";
    return whenKnown(access, "access-rules-unknown", (verdict) => {
      if (verdict.access === "allow") return "no-match";
      if (verdict.temporary) return defer("client-denied-temporarily", verdict.text, verdict.place);
      return refuse("client-denied", verdict.text, verdict.place);
    });
  },
};

export const tlsRequired: Row = {
  number: 2,
  when: "TLS is required here and is not up",
  match: (_rules, { tls }) => (tls === "required" ? refuse("tls-required") : "no-match"),
};

export const loginRequired: Row = {
  number: 3,
  when: "a submission listener, and nobody logged in",
  match: (_rules, { role, facts }) =>
    role === "submission" && facts.login === undefined
      ? refuse("authentication-required")
      : "no-match",
};

export const senderNotOwned: Row = {
  number: 4,
  when: "logged in, and the sender is none of the login's addresses",
  match: (_rules, { facts: { login } }) => {
    if (login === undefined) return "no-match";
    return whenKnown(login.ownsSender, "sender-rights-unknown", (owns) =>
      owns ? "no-match" : refuse("sender-not-owned"),
    );
  },
};

export const overLimit: Row = {
  number: 5,
  when: "over a limit of the client, its network, login or grant",
  match: (_rules, { facts }) =>
    whenKnown(facts.limit, "limits-unknown", (limit) =>
      limit === undefined ? "no-match" : defer("rate-limited", limit),
    ),
};

export const noSuchMailbox: Row = {
  number: 6,
  when: "the recipient's domain is ours, and there is no such mailbox, or none for this sender",
  match: (_rules, request) =>
    whenRecipient(request, (recipient) => {
      if (recipient.kind === "no-mailbox") return refuse("no-such-mailbox");
      return recipient.kind === "closed" ? refuseClosed(recipient.why) : "no-match";
    }),
};

function refuseClosed(why: ClosedWhy): Decision {
  switch (why) {
    case "members-only":
      return refuse("members-only");
    case "forged":
      return refuse("return-path-refused", "it was not made here");
    case "expired":
      return refuse("return-path-refused", "it has expired");
    case "not-a-bounce":
      return refuse("return-path-refused", "it is for bounces, which have no sender");
  }
}

export const blocklisted: Row = {
  number: 7,
  when: "the recipient's domain is ours or relayed, and the client is blocklisted and a stranger",
  match: (rules, request) =>
    passesBlocklists(rules, request)
      ? "no-match"
      : whenRecipient(request, ({ kind }) => (kind === "foreign" ? "no-match" : ifListed(request))),
};

/** Clients whom no blocklist concerns, as far as is known. */
export function passesBlocklists(rules: RuleSet, request: RelayRequest): boolean {
  const { login, access, grant } = request.facts;
  if (login !== undefined) return true;
  if (access.known && access.value.access === "allow" && access.value.skipsBlocklists) return true;
  if (request.role !== "mx") return false;
  return networkOf(rules, request) !== undefined || (grant.known && isGranted(grant.value));
}

/** What is unknown of a listed client might have let it pass. */
function ifListed({ role, facts }: RelayRequest): RowResult {
  const { access, grant, blocklist } = facts;
  return whenKnown(blocklist, "blocklist-unknown", (verdict) => {
    if (!verdict.listed) return "no-match";
    if (!access.known) return doubt("access-rules-unknown", access.why);
    if (role === "mx" && !grant.known) return doubt("grant-unknown", grant.why);
    const { list, text } = verdict;
    return refuse("blocklisted", text === undefined ? list : `${list} (${text})`);
  });
}

export const localRecipient: Row = {
  number: 8,
  when: "the recipient's domain is ours",
  match: (_rules, request) =>
    whenRecipient(request, ({ kind }) =>
      kind === "mailbox" || kind === "forward" ? accept("local", "local-recipient") : "no-match",
    ),
};

export const relayDomain: Row = {
  number: 9,
  when: "the recipient's domain is one that we relay for",
  match: (_rules, request) =>
    whenRecipient(request, (recipient) =>
      recipient.kind === "relayed" ? accept("relay", "relay-domain", recipient.place) : "no-match",
    ),
};

export const authenticated: Row = {
  number: 10,
  when: "logged in",
  match: (_rules, request) =>
    whenForeign(request, () =>
      request.facts.login === undefined ? "no-match" : accept("relay", "authenticated"),
    ),
};

export const trustedNetwork: Row = {
  number: 11,
  when: "an MX listener, and the client is in relay.networks",
  match: (rules, request) =>
    whenForeign(request, () => {
      const network = request.role === "mx" ? networkOf(rules, request) : undefined;
      return network === undefined ? "no-match" : accept("relay", "trusted-network", network.place);
    }),
};

export const accessRule: Row = {
  number: 12,
  when: "an MX listener, and an address rule grants relaying (RELAYCLIENT)",
  match: (_rules, request) =>
    whenForeign(request, () => {
      if (request.role !== "mx") return "no-match";
      return whenKnown(request.facts.access, "access-rules-unknown", (access) =>
        access.access === "allow" && access.relay
          ? accept("relay", "access-rule", access.place)
          : "no-match",
      );
    }),
};

export const roamingGrant: Row = {
  number: 13,
  when: "an MX listener, and a live roaming grant that covers the sender",
  match: (_rules, request) =>
    whenForeign(request, () => {
      if (request.role !== "mx") return "no-match";
      return whenKnown(request.facts.grant, "grant-unknown", (grant) =>
        isGranted(grant) ? accept("relay", "roaming-grant") : "no-match",
      );
    }),
};

export const grantLapsed: Row = {
  number: 15,
  when: "a roaming grant expired lately, or many users share the address",
  match: (_rules, request) =>
    whenForeign(request, () => {
      if (request.role !== "mx") return "no-match";
      return whenKnown(request.facts.grant, "grant-unknown", lapse);
    }),
};

function lapse(grant: GrantState): RowResult {
  switch (grant.kind) {
    case "expired":
      return refuse("grant-expired", formatDate(grant.expiredAt));
    case "shared":
      return refuse("address-shared");
    case "live":
    case "none":
      return "no-match";
  }
}

export function isGranted(grant: GrantState): grant is Extract<GrantState, { kind: "live" }> {
  return grant.kind === "live" && grant.covers;
}

export function networkOf(
  { networks }: RuleSet,
  { client }: RelayRequest,
): TrustedNetwork | undefined {
  return findNetwork(networks, client);
}

function whenKnown<Value>(
  fact: Fact<Value>,
  unknown: UnknownReason,
  match: (value: Value) => RowResult,
): RowResult {
  return fact.known ? match(fact.value) : doubt(unknown, fact.why);
}

function doubt(unknown: UnknownReason, why: string): RowUnknown {
  return { unknown, why };
}

function whenRecipient(
  { facts }: RelayRequest,
  match: (recipient: RecipientClass) => RowResult,
): RowResult {
  return whenKnown(facts.recipient, "recipient-unknown", match);
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
