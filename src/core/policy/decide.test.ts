// What must hold for every request; single cases are in test/policy/*.case.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { type IpAddress, type Prefix, prefixContains } from "../mail/ip.ts";
import { decide } from "./decide.ts";
import { known, unknown } from "./fact.ts";
import { replyTo } from "./replies.ts";
import type {
  AccessVerdict,
  BlocklistVerdict,
  Facts,
  GrantState,
  Login,
  RecipientClass,
  RelayRequest,
  RuleSet,
} from "./request.ts";
import type { RowResult } from "./rows.ts";

/** Few enough addresses that some lie in the networks and some beside them. */
const anyOctets = fc.tuple(
  fc.constantFrom(10, 192),
  fc.constantFrom(0, 2),
  fc.constantFrom(0, 128),
  fc.nat(255),
);
const anyClient: fc.Arbitrary<IpAddress> = anyOctets.map((octets) => ({ version: 4, octets }));
const anyPrefix: fc.Arbitrary<Prefix> = fc.record({
  address: anyClient,
  length: fc.constantFrom(0, 8, 16, 17, 24, 32),
});
const anyRules: fc.Arbitrary<RuleSet> = fc.record({
  networks: fc.array(
    anyPrefix.map((prefix) => ({ prefix })),
    { maxLength: 2 },
  ),
});

const anyAccess = fc.constantFrom<AccessVerdict>(
  { access: "allow", relay: false, skipsBlocklists: false },
  { access: "allow", relay: false, skipsBlocklists: true },
  { access: "allow", relay: true, skipsBlocklists: false },
  { access: "deny", temporary: false },
  { access: "deny", temporary: true },
);
const anyBlocklist = fc.constantFrom<BlocklistVerdict>(
  { listed: false },
  { listed: true, list: "zen.example" },
);
const anyGrant = fc.constantFrom<GrantState>(
  { kind: "none" },
  { kind: "live", account: "ann", covers: true },
  { kind: "live", account: "ann", covers: false },
  { kind: "expired", account: "ann", expiredAt: 1_790_000_000_000 },
);
const anyLogin: fc.Arbitrary<Login | undefined> = fc.constantFrom(
  undefined,
  undefined,
  { account: "ann", ownsSender: known(true) },
  { account: "ann", ownsSender: known(false) },
);
const anyRecipient = fc.constantFrom<RecipientClass>(
  { kind: "mailbox" },
  { kind: "forward" },
  { kind: "closed", why: "members-only" },
  { kind: "closed", why: "forged" },
  { kind: "no-mailbox" },
  { kind: "relayed" },
  { kind: "foreign" },
);

const anyKnownRequest: fc.Arbitrary<RelayRequest> = fc.record({
  role: fc.constantFrom("mx", "submission"),
  tls: fc.constantFrom("up", "optional", "required"),
  client: anyClient,
  sender: fc.constantFrom(null, { local: "ann", domain: "example.com" }),
  recipient: fc.constant({ local: "bob", domain: "example.org" }),
  facts: fc.record({
    access: anyAccess.map(known),
    login: anyLogin,
    blocklist: anyBlocklist.map(known),
    limit: fc.constantFrom(undefined, undefined, "100 an hour").map(known),
    recipient: anyRecipient.map(known),
    grant: anyGrant.map(known),
  }),
});

type LookedUp = Exclude<keyof Facts, "login">;
const anyForgotten = fc.subarray<LookedUp>(["access", "blocklist", "limit", "recipient", "grant"]);

function forget(request: RelayRequest, names: readonly LookedUp[]): RelayRequest {
  const forgotten = Object.fromEntries(names.map((name) => [name, unknown("no answer")]));
  return { ...request, facts: { ...request.facts, ...forgotten } };
}

const runs = { numRuns: 5000 };

describe("decide", () => {
  test("relays to a foreign recipient for a login, a network, an address rule or a grant, and else never", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, anyForgotten, (rules, whole, forgotten) => {
        const request = forget(whole, forgotten);
        if (decide(rules, request).verdict !== "accept") return;
        const { access, login, recipient, grant } = request.facts;
        if (!recipient.known || recipient.value.kind !== "foreign") return;
        const trusted = rules.networks.some(({ prefix }) => prefixContains(prefix, request.client));
        const ruled = access.known && access.value.access === "allow" && access.value.relay;
        const granted = grant.known && grant.value.kind === "live" && grant.value.covers;
        const isLoggedIn = login?.ownsSender.known === true && login.ownsSender.value;
        assert.ok(isLoggedIn || (request.role === "mx" && (trusted || ruled || granted)));
      }),
      runs,
    );
  });

  test("takes nothing on submission from whoever did not log in, and nothing in the clear where TLS is required", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, anyForgotten, (rules, whole, forgotten) => {
        const request = forget(whole, forgotten);
        if (decide(rules, request).verdict !== "accept") return;
        assert.ok(request.tls !== "required");
        assert.ok(request.role === "mx" || request.facts.login !== undefined);
      }),
      runs,
    );
  });

  test("does not keep anybody waiting for address rules that could not deny him", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, (rules, request) => {
        const access = { known: false, why: "no answer", neverDenies: true } as const;
        const unsure = decide(rules, { ...request, facts: { ...request.facts, access } });
        if (unsure.reason !== "access-rules-unknown") return;
        // It would have made a difference: relaying, or blocklists.
        const decisions = [false, true].map((grants) => {
          const value = { access: "allow", relay: grants, skipsBlocklists: grants } as const;
          return decide(rules, { ...request, facts: { ...request.facts, access: known(value) } });
        });
        assert.notDeepEqual(decisions[0], decisions[1]);
      }),
      runs,
    );
  });

  test("tells of every row that was tried, and the last one is the one that decided", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, (rules, request) => {
        const tried: [number, RowResult][] = [];
        const decision = decide(rules, request, (row, result) => tried.push([row.number, result]));
        const numbers = tried.map(([number]) => number);
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
        );
        const last = tried.at(-1)?.[1];
        if (decision.reason === "relaying-denied") assert.equal(last, "no-match");
        else assert.deepEqual(last, decision);
      }),
      runs,
    );
  });

  test("accepts without a fact only what it accepts alike with it", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, anyForgotten, (rules, whole, forgotten) => {
        const decision = decide(rules, forget(whole, forgotten));
        if (decision.verdict === "accept") assert.deepEqual(decision, decide(rules, whole));
      }),
      runs,
    );
  });

  test("refuses for good without a fact only what it does not accept with it", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, anyForgotten, (rules, whole, forgotten) => {
        if (decide(rules, forget(whole, forgotten)).verdict !== "refuse") return;
        assert.notEqual(decide(rules, whole).verdict, "accept");
      }),
      runs,
    );
  });

  test("never blames a fact that is known", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, (rules, request) => {
        assert.doesNotMatch(decide(rules, request).reason, /-unknown$/);
      }),
      runs,
    );
  });

  test("delivers here what is ours and nothing else", () => {
    fc.assert(
      fc.property(anyRules, anyKnownRequest, anyForgotten, (rules, whole, forgotten) => {
        const decision = decide(rules, forget(whole, forgotten));
        if (decision.verdict !== "accept") return;
        const { recipient } = whole.facts;
        const isOurs = recipient.known && ["mailbox", "forward"].includes(recipient.value.kind);
        assert.equal(decision.deliver === "local", isOurs);
      }),
      runs,
    );
  });

  test("has a reply whose code agrees with the verdict", () => {
    const firstDigit = { accept: 2, defer: 4, refuse: 5 } as const;
    fc.assert(
      fc.property(anyRules, anyKnownRequest, anyForgotten, (rules, whole, forgotten) => {
        const decision = decide(rules, forget(whole, forgotten));
        const { code, enhanced } = replyTo(decision, "7.1");
        assert.equal(Math.floor(code / 100), firstDigit[decision.verdict]);
        assert.equal(Number(enhanced?.charAt(0)), firstDigit[decision.verdict]);
      }),
      runs,
    );
  });
});
