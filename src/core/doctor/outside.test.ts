// What others say of us: whether they answer on port 25, and whether blocklists have us.

import { test } from "node:test";
import { judgeBlocklists, type LookedUpAddress } from "./blocklists.ts";
import { assertFindings } from "./fixture.test.ts";
import { judgeOutbound, type OutboundFacts } from "./outbound.ts";

test("port 25 outwards matters to those who send directly", () => {
  const judge = (found: OutboundFacts["found"], sendsDirectly = true) =>
    judgeOutbound({ domain: "big.example", found, sendsDirectly });
  const greeted = { kind: "greeted", host: "mx.big.example", greeting: "220 hi\u001b[2J" } as const;
  assertFindings(judge(greeted), ["ok", /mx\.big\.example says 220 hi[^\u001b]*$/]);
  const silent = { kind: "not-reached", said: "192.0.2.1:25 did not answer in time" } as const;
  assertFindings(judge(silent), ["problem", /no mail host of big\.example can be reached/]);
  assertFindings(judge(silent, false), ["warning", /no mail host/]);
  assertFindings(judge({ kind: "unknown", why: "no DNS" }), ["warning", /not known: no DNS/]);
});

test("a listing is a problem; lists that say nothing are not", () => {
  const judge = (answer: LookedUpAddress["answer"]) =>
    judgeBlocklists({
      zones: ["bl.example"],
      looked: [{ address: "192.0.2.7", zone: "bl.example", answer }],
    });
  assertFindings(judge({ kind: "clean" }), ["ok", /192\.0\.2\.7: on no blocklist/]);
  assertFindings(judge({ kind: "listed", reason: "spam" }), ["problem", /bl\.example: spam/]);
  assertFindings(judge({ kind: "unknown", why: "late" }), ["warning", /not known: late/]);
  assertFindings(judgeBlocklists({ zones: [], looked: [] }), ["ok", /no blocklist is configured/]);
  assertFindings(judgeBlocklists({ zones: ["bl.example"], looked: [] }), [
    "ok",
    /no public address/,
  ]);
});
