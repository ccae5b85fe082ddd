// What others say of us: whether they answer on port 25, and whether blocklists have us.

import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeBlocklists, type LookedUpAddress } from "./blocklists.ts";
import { assertFindings } from "./fixture.test.ts";
import { judgeOutbound, type OutboundFacts } from "./outbound.ts";

function judgeReach(found: OutboundFacts["found"], sendsDirectly = true) {
  return judgeOutbound({ domain: "big.example", found, sendsDirectly });
}

function judgeListing(answer: LookedUpAddress["answer"]) {
  const looked = [{ address: "192.0.2.7", zone: "bl.example", answer }];
  return judgeBlocklists({ zones: ["bl.example"], looked });
}

test("port 25 outwards matters to those who send directly", () => {
  const greeting = "220 hi\u001b[2J";
  const greeted = judgeReach({ kind: "greeted", host: "mx.big.example", greeting });
  assertFindings(greeted, ["ok", /mx\.big\.example says 220 hi/]);
  assert.ok(greeted[0]?.what.includes("\u001b") === false);
  const silent = { kind: "not-reached", said: "192.0.2.1:25 did not answer in time" } as const;
  assertFindings(judgeReach(silent), ["problem", /no mail host of big\.example can be reached/]);
  assertFindings(judgeReach(silent, false), ["warning", /no mail host/]);
  assertFindings(judgeReach({ kind: "unknown", why: "no DNS" }), ["warning", /not known: no DNS/]);
});

test("a listing is a problem; lists that say nothing are not", () => {
  assertFindings(judgeListing({ kind: "clean" }), ["ok", /192\.0\.2\.7: on no blocklist/]);
  assertFindings(judgeListing({ kind: "listed", reason: "spam" }), [
    "problem",
    /bl\.example: spam/,
  ]);
  assertFindings(judgeListing({ kind: "unknown", why: "late" }), ["warning", /not known: late/]);
  assertFindings(judgeBlocklists({ zones: [], looked: [] }), ["ok", /no blocklist is configured/]);
  assertFindings(judgeBlocklists({ zones: ["bl.example"], looked: [] }), [
    "ok",
    /no public address/,
  ]);
});
