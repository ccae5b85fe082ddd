import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type DnsZone, startDns } from "../../../test/support/dns.ts";
import { createQuestions } from "./questions.ts";

async function setUp(context: TestContext, zone: DnsZone) {
  const dns = await startDns(zone);
  const clock = { ms: 0 };
  const questions = createQuestions({
    servers: [dns.endpoint],
    now: () => clock.ms,
    timeout: 250,
    tries: 2,
    concurrency: 16,
  });
  context.after(async () => {
    questions.close();
    await dns.close();
  });
  return { dns, questions, clock };
}

const long = "x".repeat(600);

test("records of each type are found", async (context) => {
  const { questions } = await setUp(context, {
    "example.test": {
      TXT: ["v=spf1 -all", long],
      MX: [[10, "mx.example.test"]],
      A: ["192.0.2.1"],
      AAAA: ["2001:db8::1"],
    },
    "1.2.0.192.in-addr.arpa": { PTR: ["example.test"] },
  });
  const texts = await questions.ask("example.test", "TXT");
  assert.deepEqual(
    texts.ok && texts.value.map((pieces) => pieces.join("")).toSorted(),
    ["v=spf1 -all", long].toSorted(),
  );
  const found = await Promise.all([
    questions.ask("example.test", "MX"),
    questions.ask("example.test", "A"),
    questions.ask("example.test", "AAAA"),
    questions.ask("1.2.0.192.in-addr.arpa", "PTR"),
  ]);
  assert.partialDeepStrictEqual(
    found.map((answer) => answer.ok && answer.value),
    [
      [{ priority: 10, exchange: "mx.example.test" }],
      ["192.0.2.1"],
      ["2001:db8::1"],
      ["example.test"],
    ],
  );
});

test("texts are remembered for a minute, failures are not", async (context) => {
  const { dns, questions, clock } = await setUp(context, {
    "example.test": { TXT: ["one"] },
    "broken.test": { fault: "SERVFAIL" },
  });
  const asked = (name: string) => dns.queries.filter((query) => query === `TXT ${name}`).length;
  for (const name of ["example.test", "EXAMPLE.test", "none.test", "none.test"]) {
    await questions.ask(name, "TXT");
  }
  assert.deepEqual([asked("example.test"), asked("none.test")], [1, 1]);
  clock.ms = 60_001;
  await questions.ask("example.test", "TXT");
  assert.equal(asked("example.test"), 2);
  const broken = await questions.ask("broken.test", "TXT");
  assert.equal(!broken.ok && broken.problem.kind, "unknown");
  const before = asked("broken.test");
  await questions.ask("broken.test", "TXT");
  assert.ok(asked("broken.test") > before);
});

test("texts that would fill the memory are not remembered", async (context) => {
  const { dns, questions } = await setUp(context, {
    "long.test": { TXT: Array.from({ length: 20 }, (_, at) => `${at}${long}`) },
  });
  const found = await questions.ask("long.test", "TXT");
  assert.equal(found.ok && found.value.length, 20);
  const before = dns.queries.length;
  await questions.ask("long.test", "TXT");
  assert.ok(dns.queries.length > before);
});

test("what is no name is not there", async (context) => {
  const { questions } = await setUp(context, {});
  for (const name of [
    "a..b",
    "x".repeat(70),
    `${"a.".repeat(150)}b`,
    "no such.test",
    "\u0000.test",
  ]) {
    const answer = await questions.ask(name, "TXT");
    assert.equal(!answer.ok && answer.problem.kind, "no-such-name", JSON.stringify(name));
  }
});
