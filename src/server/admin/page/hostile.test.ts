// Script in every field that comes from mail, from far hosts, or from an address that somebody made up.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Explanation } from "../../../core/policy/explain/explanation.ts";
import type { QueueDetail, QueueRecipient } from "../../../io/store/message-store.ts";
import type { DestinationView, Why } from "../operations.ts";
import { askPage } from "./ask/ask-page.ts";
import { clientPage } from "./ask/client-page.ts";
import { decisionPage } from "./ask/decision-page.ts";
import { bad, testEscapes } from "./fixture.test.ts";
import { loginPage, passwordPage } from "./login-page.ts";
import { plainPage } from "./plain-page.ts";
import type { Page } from "./page.ts";
import { acts } from "./queue/acts.ts";
import { confirmPage } from "./queue/confirm-page.ts";
import { queuePage } from "./queue/list-page.ts";
import { queuedMessagePage } from "./queue/message-page.ts";

const badAddress = { local: bad, domain: bad };
const now = 1_800_000_000_000;
const decision = {
  verdict: "refuse",
  reason: "relaying-denied",
  detail: bad,
  place: { file: bad, line: 7, column: 1 },
} as const;

const explanation: Explanation = {
  question: { role: "mx", tls: "up", client: bad, login: bad, sender: bad, recipient: bad },
  decision,
  reply: `550 5.7.1 ${bad}`,
  rows: [
    { number: 1, when: bad, found: "no-match", fact: bad },
    { number: 2, when: bad, found: "match", fact: bad, place: decision.place },
  ],
  turns: [{ advice: bad, decision }],
};

const why: Why = { id: bad, at: now, listener: bad, hello: bad, explanation, today: decision };

const recipient: QueueRecipient = {
  index: 0,
  address: badAddress,
  kind: "relay",
  originalRecipient: bad,
  state: "waiting",
  attempts: 1,
  nextAttempt: now,
  said: bad,
  waited: 0,
  destination: {
    number: 1,
    name: bad,
    downSince: now,
    nextTry: now,
    said: bad,
    peer: bad,
    stood: 0,
  },
};

const detail: QueueDetail = {
  id: 1,
  receivedAt: now,
  size: 1,
  sender: badAddress,
  host: bad,
  recipients: [recipient, { ...recipient, index: 1, state: "held" }],
  eightBit: false,
  smtputf8: false,
  envelopeId: bad,
  origin: { client: bad, hello: bad, listener: bad, login: bad },
  attempts: [{ index: 0, at: now, peer: bad, state: "deferred", said: bad }],
};

const cause = { kind: "destination-down", destination: bad, since: now, nextTry: now } as const;
const waiting = { address: badAddress, attempts: 1, cause, said: bad, peer: bad, giveUpIn: 1 };
const destination: DestinationView = {
  name: bad,
  host: bad,
  waiting: 1,
  active: 0,
  downSince: now,
  nextTry: now,
  said: bad,
  peer: bad,
};
const form = { domain: bad, sender: bad, destination: bad, state: "", older: bad } as const;
const problems = { domain: bad, sender: bad, older: bad };
const askForm = { role: "mx", ip: bad, isEncrypted: true, login: bad, from: bad, to: bad } as const;
const all = { form, ids: "all", until: now, problems: {}, wish: { ids: "all" } } as const;

const list = {
  form,
  place: { first: "newest", after: 1 },
  entries: [detail],
  total: 1,
  hasEarlier: true,
  hasLater: true,
  destinations: [destination, destination],
  csrf: bad,
  now,
} as const;

const pages: Readonly<Record<string, Page>> = {
  ask: askPage({
    form: askForm,
    problems: { ip: bad, from: bad },
    answer: explanation,
    unknown: bad,
  }),
  decision: decisionPage(why),
  client: clientPage({
    client: bad,
    decisions: [{ ...why, sender: badAddress, recipient: badAddress, decision }],
  }),
  queue: queuePage({ ...list, problems: {} }),
  "queue with a filter that is wrong": queuePage({ ...list, problems }),
  ...Object.fromEntries(
    acts.map((act) => [
      act.name,
      confirmPage({ act, selection: all, count: 9, sample: [detail], back: bad, csrf: bad }),
    ]),
  ),
  message: queuedMessagePage({
    detail,
    why: { message: detail, recipients: [waiting] },
    headers: { text: `Subject: ${bad}\n`, isCut: true },
    csrf: bad,
    now,
  }),
  login: loginPage({ form: { next: bad, name: bad }, problem: bad }),
  password: passwordPage({ operator: bad, csrf: bad, problem: bad }),
  plain: plainPage(bad, bad, { path: "/", words: bad }),
};

suite("no page lets out of its quotes what somebody else wrote:", () =>
  testEscapes(pages, "/queue"),
);

test("headers show what does not show", async () => {
  const text = String(await pages["message"]?.main);
  assert.ok(text.includes("onerror=alert(2)&gt;\\x1b[2J\\x00\n</pre>"), text);
});
