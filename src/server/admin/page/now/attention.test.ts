import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttentionFacts, attentionOf } from "./attention.ts";

const now = 1_800_000_000_000;
const day = 86_400_000;

const quiet: AttentionFacts = {
  storeAnswers: true,
  stopped: { accounts: [], total: 0 },
  destinations: [{ name: "example.net", waiting: 3, active: 1 }],
  blocklists: [],
  certificates: [
    { names: ["mail.example.org"], expiresAt: now + 60 * day, file: "c.pem", isSelfSigned: false },
  ],
  findings: [],
  held: 0,
  now,
};

async function said(facts: Partial<AttentionFacts>) {
  const all = attentionOf({ ...quiet, ...facts });
  return Promise.all(
    all.map(async ({ tone, text, path }) => {
      const words = String(await text).replaceAll(/<[^>]*>/g, "");
      return `${tone} ${words} ${path}`;
    }),
  );
}

test("where all is well, nothing is said", async () => {
  assert.deepEqual(await said({}), []);
});

test("what is wrong is said with a way to it, the worst first", async () => {
  const list = {
    zone: "zen.example",
    family: "IPv4",
    health: { state: "set-aside", since: now - 60_000, why: "it lists everybody" },
    lastTest: now,
    questions: 1,
    remembered: 0,
    median: 1,
    slowest: 1,
    score: 1,
    fail: "open",
    listed: 0,
  } as const;
  const address = { local: "ann", domain: "example.org" };
  const stopped = { since: now, why: "too many" };
  const account = { address, canLogIn: true, disabled: false, stopped, createdAt: 0 };
  assert.deepEqual(
    await said({
      storeAnswers: false,
      stopped: { accounts: [account], total: 1 },
      destinations: [
        { name: "example.net", waiting: 3, active: 0, downSince: now - 120_000, said: "421 busy" },
      ],
      blocklists: [list, { ...list, family: "IPv6" }],
      certificates: [
        { names: ["a.example"], expiresAt: now + 10 * day, file: "a.pem", isSelfSigned: false },
        { names: ["b.example"], expiresAt: now - day, file: "b.pem", isSelfSigned: false },
      ],
      held: 2,
    }),
    [
      "problem The store does not answer: no mail is taken until it does. The server’s log says why. /queue",
      "problem The sending of 1 account is stopped, as after a theft of its password: ann@example.org. /people?only=stopped",
      "problem The certificate for b.example expired 1 d 0 h ago. /lists#certificates",
      "warning The certificate for a.example ends in 10 d 0 h. /lists#certificates",
      "warning The list zen.example is of no use: set aside for 1 min 0 s, counts nothing: it lists everybody. /lists#blocklists",
      "warning example.net is down for 2 min 0 s, and 3 recipients wait for it: 421 busy /queue?destination=example.net",
      "quiet 2 recipients held in the queue, until somebody releases them. /queue?state=held",
    ],
  );
});

test("a thousand destinations that are down are few lines", async () => {
  const destinations = Array.from({ length: 1000 }, (_, at) => ({
    name: `d${at}.example`,
    waiting: 1,
    active: 0,
    downSince: now,
  }));
  const lines = await said({ destinations });
  assert.equal(lines.length, 6);
  assert.match(lines.at(-1) ?? "", /995 other destinations/);
});
