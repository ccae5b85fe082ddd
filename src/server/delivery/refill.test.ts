import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageId, QueuedMessage } from "../../core/queue/message.ts";
import { Refill } from "./refill.ts";

const silent = { info() {}, warn() {}, error() {} };

function message(id: MessageId): QueuedMessage {
  return {
    id,
    receivedAt: 0,
    sender: null,
    smtputf8: false,
    size: 1,
    eightBit: false,
    recipients: [],
  };
}

/** A source whose answers the test gives by hand. */
function slowSource() {
  const asked: PromiseWithResolvers<readonly QueuedMessage[]>[] = [];
  return {
    asked,
    due: (): Promise<readonly QueuedMessage[]> => {
      const question = Promise.withResolvers<readonly QueuedMessage[]>();
      asked.push(question);
      return question.promise;
    },
    earliestDue: async () => undefined,
  };
}

function setUp(maxActive = 10) {
  const source = slowSource();
  const active = new Map<MessageId, unknown>();
  const begun: MessageId[] = [];
  const refill = new Refill({
    source,
    active,
    maxActive,
    begin: ({ id }) => {
      active.set(id, true);
      begun.push(id);
    },
    onLook: () => {},
    longestWait: () => 1_000,
    now: () => 0,
    log: silent,
  });
  return { source, active, begun, refill };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what is due begins, but for what is in delivery already", async () => {
  const { source, active, begun, refill } = setUp();
  active.set(2, true);
  refill.look();
  source.asked[0]?.resolve([message(1), message(2), message(3)]);
  await turn();
  assert.deepEqual(begun, [1, 3]);
  refill.stop();
});

test("a message that ended while the store was asked does not begin again", async () => {
  const { source, active, begun, refill } = setUp();
  active.set(1, true);
  refill.look();
  active.delete(1);
  refill.ended(1, false);
  source.asked[0]?.resolve([message(1), message(2)]);
  await turn();
  assert.deepEqual(begun, [2]);
  refill.stop();
});

test("no more begin than there is room for, and the rest follows when half has ended", async () => {
  const { source, active, begun, refill } = setUp(2);
  refill.look();
  source.asked[0]?.resolve([message(1), message(2), message(3)]);
  await turn();
  assert.deepEqual(begun, [1, 2]);
  for (const id of [1, 2]) {
    active.delete(id);
    refill.ended(id, false);
  }
  assert.equal(source.asked.length, 2, "it looks by itself");
  source.asked[1]?.resolve([message(3)]);
  await turn();
  assert.deepEqual(begun, [1, 2, 3]);
  refill.stop();
});

test("calls during a look make one more look, not many", async () => {
  const { source, refill } = setUp();
  refill.look();
  refill.look();
  refill.look();
  source.asked[0]?.resolve([]);
  await turn();
  assert.equal(source.asked.length, 2);
  refill.stop();
});

test("after a stop nothing begins, whatever the store still answers", async () => {
  const { source, begun, refill } = setUp();
  refill.look();
  refill.stop();
  source.asked[0]?.resolve([message(1)]);
  await turn();
  refill.look();
  assert.deepEqual(begun, []);
  assert.equal(source.asked.length, 1);
});
