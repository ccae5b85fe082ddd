import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good } from "../../core/result.ts";
import type { Questions } from "../../io/dns/questions.ts";
import { createLookUps } from "./look-ups.ts";

/** A DNS that has no records and counts what it is asked. */
function emptyDns() {
  const asked: string[] = [];
  const ask: Questions["ask"] = async (name, type) => {
    asked.push(`${type} ${name}`);
    return bad({ kind: "no-records" });
  };
  return { asked, ask };
}

test("a name is asked for once, however it is written", async () => {
  const dns = emptyDns();
  const lookUps = createLookUps(dns);
  await Promise.all([lookUps.texts("example.org"), lookUps.texts("Example.ORG")]);
  assert.deepEqual(await lookUps.texts("example.org"), good([]));
  assert.deepEqual(dns.asked, ["TXT example.org"]);
});

test("one message does not ask for names without end", async () => {
  const dns = emptyDns();
  const lookUps = createLookUps(dns);
  for (let index = 0; index < 1_000; index++) await lookUps.texts(`n${index}.example`);
  assert.equal(dns.asked.length, 150);
  assert.equal((await lookUps.texts("one-more.example")).ok, false);
  assert.equal((await lookUps.texts("n0.example")).ok, true);
});

test("when time is over nobody knows what has not come, or is asked then", async () => {
  const lookUps = createLookUps({ ask: () => new Promise(() => {}) });
  const waiting = lookUps.texts("slow.example");
  lookUps.giveUp();
  const late = bad("the DNS did not answer in time");
  assert.deepEqual(await waiting, late);
  assert.deepEqual(await lookUps.addresses("other.example", 4), late);
});

test("a fault in asking is something that nobody knows", async () => {
  const lookUps = createLookUps({ ask: () => Promise.reject(new Error("odd")) });
  assert.deepEqual(await lookUps.texts("example.org"), bad("odd"));
});

test("what is unknown is told apart from what is not there", async () => {
  const why = "no DNS server answered in time";
  const lookUps = createLookUps({ ask: async () => bad({ kind: "unknown", why }) });
  assert.deepEqual(await lookUps.exchanges("example.org"), bad(why));
});
