import assert from "node:assert/strict";
import { test } from "node:test";
import type { QueueDetail, QueueRecipient } from "../../io/store/message-store.ts";
import { type WhyFacts, whyWaiting } from "./why-waiting.ts";

const hour = 3_600_000;
const now = 100 * hour;
const facts: WhyFacts = {
  now,
  schedule: { warnAfter: 4 * hour, giveUpAfter: 120 * hour },
  inHand: [],
};
const waiting: QueueRecipient = {
  index: 0,
  address: { local: "bob", domain: "far.example" },
  kind: "relay",
  state: "waiting",
  attempts: 2,
  nextAttempt: now + hour,
  lastAttempt: now - hour,
  said: "450 4.2.0 later",
  waited: 2 * hour,
};

function detail(recipient: Partial<QueueRecipient>): QueueDetail {
  return {
    id: 1,
    receivedAt: 0,
    size: 1,
    sender: null,
    eightBit: false,
    smtputf8: false,
    origin: {},
    recipients: [{ ...waiting, ...recipient }],
    attempts: [{ index: 0, at: 1, peer: "mx.far", state: "deferred", said: "450 4.2.0 later" }],
  };
}

const why = (recipient: Partial<QueueRecipient>, more: Partial<WhyFacts> = {}) =>
  whyWaiting(detail(recipient), { ...facts, ...more })[0];

test("who waits by its own schedule has its own end", () => {
  assert.deepEqual(why({}), {
    address: waiting.address,
    attempts: 2,
    cause: { kind: "own-schedule", nextAttempt: now + hour },
    said: "450 4.2.0 later",
    peer: "mx.far",
    warnIn: hour,
    giveUpIn: 117 * hour,
    command: "bailiwick queue retry 00000000001",
  });
  assert.deepEqual(why({ nextAttempt: now - 1 })?.cause, { kind: "due" });
});

test("who waits for a destination has that one's last words, and its clock", () => {
  const destination = {
    number: 16,
    name: "far.example",
    downSince: now - 5 * hour,
    lastTry: now - hour / 2,
    nextTry: now + hour / 2,
    said: "4.4.1 refused",
    stood: hour,
  };
  const found = why({ destination });
  assert.deepEqual(found?.cause, {
    kind: "destination-down",
    destination: "far.example",
    since: now - 5 * hour,
    nextTry: now + hour / 2,
  });
  assert.deepEqual([found.said, found.peer, found.warnIn], ["4.4.1 refused", undefined, hour / 2]);
  assert.equal(found.command, "bailiwick queue flush far.example");
  const { downSince: _, lastTry: __, nextTry: ___, ...up } = destination;
  assert.deepEqual(why({ destination: up })?.cause, {
    kind: "in-line",
    destination: "far.example",
  });
});

test("a command can be typed as it stands, whatever the destination's name", () => {
  const name = "mx1.far.example:25, else mx2.far.example:25";
  const destination = { number: 16, name, downSince: now, nextTry: now + hour, stood: 0 };
  assert.equal(why({ destination })?.command, `bailiwick queue flush '${name}'`);
});

test("who waits for the hour that its sender asked for is no failure's matter", () => {
  const releaseAt = waiting.nextAttempt;
  const asked = { ...detail({ attempts: 0 }), releaseAt };
  const [found] = whyWaiting(asked, facts);
  assert.deepEqual(found?.cause, { kind: "until-release", releaseAt });
  assert.equal(found.command, "bailiwick queue retry 00000000001");
  const [due] = whyWaiting(asked, { ...facts, now: releaseAt });
  assert.deepEqual(due?.cause, { kind: "due" });
});

test("what is done at this moment comes before what the store says", () => {
  const hand = { recipients: [0], destination: "far.example", host: "mx.far" };
  assert.deepEqual(why({}, { inHand: [hand] })?.cause, {
    kind: "in-delivery",
    destination: "far.example",
    host: "mx.far",
  });
  assert.equal(why({}, { inHand: [{ ...hand, recipients: [7] }] })?.cause.kind, "own-schedule");
});

test("who holds it is told, and who can release it", () => {
  assert.equal(why({ state: "held" })?.command, "bailiwick queue release 00000000001");
  const stopped = { account: "ann@example.org", since: 1, why: "too many failures" };
  const found = why({ state: "held" }, { stopped });
  assert.equal(found?.cause.kind, "account-stopped");
  assert.equal(found.command, "bailiwick account release ann@example.org");
});

test("a clock that was set does not change what is left", () => {
  for (const step of [10_000 * hour, -10_000 * hour]) {
    const { giveUpIn = -1 } = why({}, { now: now + step }) ?? {};
    assert.ok(giveUpIn >= 116 * hour && giveUpIn <= 118 * hour, String(giveUpIn));
  }
});

test("who is done with is no matter any more", () => {
  assert.equal(why({ state: "delivered" }), undefined);
});
