import assert from "node:assert/strict";
import { test } from "node:test";
import { type NotifyEvents, parseNotify } from "../../core/mail/notice-request.ts";
import type { QueuedMessage, QueuedRecipient } from "../../core/queue/message.ts";
import type { DeliverBy } from "../../core/queue/timing.ts";
import type { Outcome } from "./job.ts";
import { noticeAbout } from "./notice-message.ts";
import { judge } from "./judge.ts";
import type { SettlementOptions } from "./settlement.ts";

const options: SettlementOptions = {
  hostname: "mail.example.org",
  schedule: { retry: [1_000], warnAfter: 500, giveUpAfter: 10_000 },
  nextId: () => 2,
  signNotice: async () => "",
  random: () => 0.5,
  addressee: (address) => ({ address, kind: "relay" }),
};

/** Its second attempt, by which it has waited long enough to be called late. */
const bob: QueuedRecipient = {
  address: { local: "bob", domain: "example.net" },
  kind: "relay",
  index: 0,
  attempts: 1,
  waited: 0,
  lastAttempt: 0,
};

const attempt = { message: { receivedAt: 0 }, peer: "a host", now: 1_000 };
const said = { status: "2.0.0", text: "250 Ok", remote: true };

const outcomes: Readonly<Record<string, Outcome>> = {
  mailbox: { kind: "delivered", said, success: "delivered" },
  "host without DSN": { kind: "delivered", said, success: "relayed" },
  "host with DSN": { kind: "delivered", said },
  "refused for good": { kind: "permanent", said },
  "put off": { kind: "temporary", said },
};

/** What its sender is told of each outcome. */
function toldOf(notify?: NotifyEvents): readonly (string | undefined)[] {
  const recipient = notify === undefined ? bob : { ...bob, notify };
  return Object.values(outcomes).map(
    (outcome) => judge({ recipient, outcome }, attempt, options).reported?.fate.action,
  );
}

test("the sender is told what it asked to be told, and nothing else", () => {
  const none = undefined;
  assert.deepEqual(toldOf(), [none, none, none, "failed", "delayed"]);
  for (const [notify, ...told] of [
    ["NEVER", none, none, none, none, none],
    ["SUCCESS", "delivered", "relayed", none, none, none],
    ["FAILURE", none, none, none, "failed", none],
    ["DELAY", none, none, none, none, "delayed"],
    ["SUCCESS,FAILURE,DELAY", "delivered", "relayed", none, "failed", "delayed"],
  ] as const) {
    assert.deepEqual(toldOf(parseNotify(notify)), told, notify);
  }
});

test("what is not told still comes to its end", () => {
  const recipient = { ...bob, notify: { success: false, failure: false, delay: false } };
  const outcome: Outcome = { kind: "permanent", said };
  assert.equal(judge({ recipient, outcome }, attempt, options).result.state, "failed");
});

/** What becomes of a recipient whose message is to be delivered by 5,000. */
function judgeBy(by: Partial<DeliverBy>, now: number, outcome: Outcome, recipient = bob) {
  const deliverBy = { until: 5_000, missed: "notify", traced: false, ...by } as const;
  const { result, reported } = judge(
    { recipient, outcome },
    { message: { receivedAt: 0, deliverBy }, peer: "a host", now },
    { ...options, schedule: { retry: [4_000], warnAfter: 90_000, giveUpAfter: 100_000 } },
  );
  const next = result.state === "deferred" ? result.nextAttempt : undefined;
  return [result.state, next, reported?.fate.action, reported?.status];
}

const putOff: Outcome = { kind: "temporary", said: { ...said, status: "4.2.0" } };

test("a message that returns is tried up to its time, and no longer", () => {
  const none = undefined;
  const returns = { missed: "return" } as const;
  assert.deepEqual(judgeBy(returns, 1_000, putOff), ["deferred", 5_000, none, none]);
  assert.deepEqual(judgeBy(returns, 5_000, putOff), ["failed", none, "failed", "5.4.7"]);
});

test("of one that goes on, the sender hears at its time, once", () => {
  const none = undefined;
  assert.deepEqual(judgeBy({}, 500, putOff), ["deferred", 4_500, none, none]);
  assert.deepEqual(judgeBy({}, 4_500, putOff), ["deferred", 5_000, none, none]);
  const at = { ...bob, lastAttempt: 4_500 };
  assert.deepEqual(judgeBy({}, 5_000, putOff, at), ["deferred", 9_000, "delayed", "4.2.0"]);
  const after = { ...bob, lastAttempt: 5_000 };
  assert.deepEqual(judgeBy({}, 9_000, putOff, after), ["deferred", 13_000, none, none]);
  const silent = { ...at, notify: { success: true, failure: true, delay: false } };
  assert.deepEqual(judgeBy({}, 5_000, putOff, silent), ["deferred", 9_000, none, none]);
});

test("that nobody watches the time any more is told, and each host where it is traced", () => {
  const keeps: Outcome = { kind: "delivered", said, keepsTime: true };
  const careless: Outcome = { ...keeps, keepsTime: false };
  const mailbox: Outcome = { kind: "delivered", said, success: "delivered" };
  const told = (by: Partial<DeliverBy>, outcome: Outcome, recipient = bob) =>
    judgeBy(by, 1_000, outcome, recipient)[2];
  assert.equal(told({}, careless), "relayed");
  assert.equal(told({}, keeps), undefined);
  assert.equal(told({}, mailbox), undefined);
  assert.equal(told({ traced: true }, keeps), "relayed");
  assert.equal(told({ traced: true }, mailbox), undefined);
  const never = { ...bob, notify: { success: false, failure: false, delay: false } };
  assert.equal(told({ traced: true }, careless, never), undefined);
});

const message: QueuedMessage = {
  id: 1,
  receivedAt: 0,
  sender: { local: "ann", domain: "example.org" },
  smtputf8: false,
  eightBit: false,
  size: 27,
  returns: "full",
  envelopeId: "a+2Bb",
  recipients: [bob],
};

async function noticeOf(
  changes: Partial<QueuedMessage>,
  outcome: Outcome = { kind: "permanent", said },
  pieces = ["Subject: x\r\n\r\n", "the body\r\n..", "."],
) {
  const original = { ...message, ...changes };
  const { reported } = judge({ recipient: bob, outcome }, attempt, options);
  assert.ok(reported);
  const content = pieces.map((piece) => Buffer.from(piece));
  const notice = await noticeAbout(original, content, [reported], 1_000, options);
  return notice && { notice, text: Buffer.concat(notice.content).toString() };
}

test("RET=FULL returns the message whole, where it has failed", async () => {
  const { notice, text } = (await noticeOf({})) ?? assert.fail();
  assert.match(text, /message\/rfc822[^]*\r\n\r\nSubject: x\r\n\r\nthe body\r\n\.\.\.\r\n--=/);
  assert.match(text, /^Original-Envelope-Id: a\+b\r$/m);
  const never = { success: false, failure: false, delay: false };
  assert.deepEqual(notice.recipients, [{ address: message.sender, kind: "relay", notify: never }]);
  assert.deepEqual([notice.sender, notice.size], [null, Buffer.byteLength(text)]);
});

test("all else returns the header: what was asked so, what is late, too large, or not to be read", async () => {
  const cases = [
    await noticeOf({ returns: "headers" }),
    await noticeOf({}, { kind: "temporary", said }),
    await noticeOf({ size: 1024 * 1024 + 1 }),
    await noticeOf({}, { kind: "permanent", said }, ["Subject: x\r\n\r\nthe bo"]),
  ];
  for (const found of cases) {
    assert.match(found?.text ?? "", /text\/rfc822-headers[^]*\r\n\r\nSubject: x\r\n\r\n--=/);
    assert.doesNotMatch(found?.text ?? "", /the bo/);
  }
});

test("a large notice is kept in pieces", async () => {
  const body = "x".repeat(600 * 1024);
  const size = body.length + 2;
  const { notice } =
    (await noticeOf({ size }, { kind: "permanent", said }, ["\r\n", body])) ?? assert.fail();
  assert.deepEqual(
    notice.content.slice(0, -1).map(({ length }) => length),
    [256 * 1024, 256 * 1024],
  );
});

test("the null reverse-path is told nothing", async () => {
  assert.equal(await noticeOf({ sender: null }), undefined);
});
