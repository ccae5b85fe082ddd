import assert from "node:assert/strict";
import test from "node:test";
import { parseIp } from "../../core/mail/ip.ts";
import { known, unknown } from "../../core/policy/fact.ts";
import { formatDecisionId } from "../../core/policy/decision-id.ts";
import type { KeptDecision } from "../../core/policy/kept-decision.ts";
import { formatMessageId } from "../../core/queue/message.ts";
import { scratchStore } from "./fixture.test.ts";

function ip(text: string) {
  return parseIp(text) ?? assert.fail(text);
}

/** One that was made at `session` ms by a client. */
function sample(session: number, count = 1, client = "203.0.113.9"): KeptDecision {
  return {
    id: formatDecisionId(formatMessageId(session), count),
    at: session,
    listener: "mx",
    hello: "client.example",
    request: {
      role: "mx",
      tls: "optional",
      client: ip(client),
      sender: null,
      recipient: { local: "v", domain: "foreign.example" },
      facts: {
        access: known({ access: "allow", relay: false, skipsBlocklists: false }),
        login: undefined,
        blocklist: known({ listed: true, list: "zen.example", text: "why \u0007 \u{1f4e7}" }),
        limit: known(undefined),
        recipient: known({ kind: "foreign" }),
        grant: unknown("no answer"),
      },
    },
    decision: { verdict: "refuse", reason: "relaying-denied" },
  };
}

/** JSON knows no undefined; nothing distinguishes it from what is not there. */
function plain(kept: KeptDecision | undefined): unknown {
  return kept === undefined ? undefined : JSON.parse(JSON.stringify(kept));
}

test("a decision comes back with all of its facts", async (t) => {
  const { decisions } = await scratchStore(t);
  const kept = sample(7);
  assert.equal(await decisions.keep([kept, sample(8)]), 2);
  const found = await decisions.find(kept.id);
  assert.deepEqual(plain(found), plain(kept));
  assert.equal(found?.request.facts.limit.known && found.request.facts.limit.value, undefined);
  assert.equal(await decisions.find(formatDecisionId(formatMessageId(9), 1)), undefined);
  assert.equal(await decisions.lastSession(), 8);
});

test("one that is there already stays, and does no harm to the others", async (t) => {
  const { decisions } = await scratchStore(t);
  await decisions.keep([sample(7)]);
  assert.equal(await decisions.keep([{ ...sample(7), listener: "other" }, sample(8)]), 1);
  assert.equal((await decisions.find(sample(7).id))?.listener, "mx");
  assert.equal(await decisions.count(), 2);
});

test("a client's latest come first", async (t) => {
  const { decisions } = await scratchStore(t);
  const all = [1, 2, 3, 4].map((at) => sample(at, 1, at === 3 ? "2001:db8::1" : "203.0.113.9"));
  await decisions.keep(all);
  const ofClient = async (client: string, limit: number) =>
    (await decisions.ofClient(ip(client), limit)).map(({ at }) => at);
  assert.deepEqual(await ofClient("203.0.113.9", 10), [4, 2, 1]);
  assert.deepEqual(await ofClient("203.0.113.9", 2), [4, 2]);
  assert.deepEqual(await ofClient("2001:0db8::0001", 10), [3]);
  assert.deepEqual(await ofClient("192.0.2.1", 10), []);
});

test("the oldest go by count and by age", async (t) => {
  const { decisions } = await scratchStore(t);
  await decisions.keep(Array.from({ length: 20 }, (_, at) => sample(at, 1)));
  assert.equal(await decisions.dropOldest(5), 5);
  assert.equal(await decisions.find(sample(4).id), undefined);
  assert.ok(await decisions.find(sample(5).id));
  assert.equal(await decisions.dropBefore(12, 3), 3);
  assert.equal(await decisions.dropBefore(12, 100), 4);
  assert.equal(await decisions.dropBefore(12, 100), 0);
  assert.ok(await decisions.find(sample(12).id));
  assert.equal(await decisions.dropOldest(0), 0);
  assert.equal(await decisions.dropOldest(100), 8);
  assert.equal(await decisions.count(), 0);
  assert.equal(await decisions.lastSession(), 0);
});
