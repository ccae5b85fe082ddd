import assert from "node:assert/strict";
import test from "node:test";
import { endOfTime, readAll, recipientsIn, sample, scratchStore } from "../fixture.test.ts";
import type { MessageStore, QueuePage } from "../message-store.ts";

const all = { ids: "all" } as const;

async function dueIds(messages: MessageStore, now: number): Promise<readonly number[]> {
  const due = await messages.due({ now, limit: 1000, latest: endOfTime });
  return due.map(({ id }) => id);
}

test("what is held is not due until it is released", async (t) => {
  const { messages } = await scratchStore(t);
  for (const id of [1, 2, 3]) await messages.keep(sample(id));
  assert.equal(await messages.hold({ ids: [1, 3, 99] }), 2);
  assert.equal(await messages.hold({ ids: [1] }), 0);
  assert.deepEqual(await dueIds(messages, 9), [2]);
  assert.equal(await messages.earliestDue(0), 2);
  assert.equal(await messages.release(all), 2);
  assert.deepEqual(await dueIds(messages, 9), [1, 2, 3]);
});

test("an attempt under way when its recipient is held does not release it", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  await messages.hold(all);
  const result = { index: 0, state: "deferred", said: "450", nextAttempt: 5, waited: 4 } as const;
  await messages.settle({ id: 1, at: 2, peer: "mx", finished: false, results: [result] });
  assert.deepEqual(await dueIds(messages, 9), []);
  assert.equal((await messages.show(1))?.recipients[0]?.state, "held");
});

test("retry makes due what waits, not what is held", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { receivedAt: 500 }));
  await messages.keep(sample(2, { receivedAt: 500 }));
  await messages.hold({ ids: [2] });
  assert.equal(await messages.retry(all, 100), 1);
  assert.deepEqual(await dueIds(messages, 100), [1]);
});

test("a recipient's domain selects recipients, a sender selects messages", async (t) => {
  const { messages } = await scratchStore(t);
  const bob = { local: "bob", domain: "example.org" };
  await messages.keep(sample(1, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.keep(sample(2, { sender: bob }));
  await messages.keep(sample(3, { sender: null }));

  assert.equal(await messages.hold({ ids: "all", recipientDomain: "b.example" }), 1);
  assert.deepEqual(
    (await messages.show(1))?.recipients.map(({ state }) => state),
    ["waiting", "held"],
  );
  assert.equal(await messages.hold({ ids: "all", sender: null }), 1);
  assert.equal(await messages.hold({ ids: [1, 3], sender: bob }), 0);
  assert.equal(await messages.hold({ ids: "all", sender: bob }), 1);
  assert.deepEqual(await dueIds(messages, 9), [1]);
});

test("remove drops recipients, and messages with no open recipient left", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.keep(sample(2, { recipients: recipientsIn("b.example") }));
  await messages.hold({ ids: [2] });
  assert.equal(await messages.remove({ ids: "all", recipientDomain: "b.example" }), 2);
  assert.equal((await messages.show(1))?.recipients.length, 1);
  assert.equal(await messages.show(2), undefined);
  await assert.rejects(readAll(messages.content(2)), { kind: "missing" });
});

test("a whole queue is worked through page by page", async (t) => {
  const { messages } = await scratchStore(t);
  const ids = Array.from({ length: 450 }, (_, index) => index + 1);
  await Promise.all(ids.map((id) => messages.keep(sample(id))));
  assert.equal(await messages.hold({ ids }), 450);
  assert.equal(await messages.release(all), 450);
  assert.equal(await messages.remove(all), 450);
  assert.equal(await messages.lastId(), 0);
});

test("list pages through the queue in the order of ids", async (t) => {
  const { messages } = await scratchStore(t);
  const domains = ["a.example", "b.example"];
  for (const id of [3, 1, 2])
    await messages.keep(sample(id, { recipients: recipientsIn(...domains) }));
  await messages.keep(sample(4));

  const first = await messages.list({}, { after: 0, limit: 2 });
  assert.deepEqual(
    first.map(({ id, recipients }) => [id, recipients.length]),
    [
      [1, 2],
      [2, 2],
    ],
  );
  const rest = await messages.list({}, { after: 2, limit: 2 });
  assert.deepEqual(
    rest.map(({ id }) => id),
    [3, 4],
  );
  const filtered = await messages.list({ recipientDomain: "b.example" }, { after: 1, limit: 9 });
  assert.deepEqual(
    filtered.map(({ id, recipients }) => [id, recipients.length]),
    [
      [2, 2],
      [3, 2],
    ],
  );
});

test("pages go from either end", async (t) => {
  const { messages } = await scratchStore(t);
  for (const id of [1, 2, 3, 4]) await messages.keep(sample(id));
  const ids = async (page: QueuePage) => (await messages.list({}, page)).map(({ id }) => id);
  assert.deepEqual(await ids({ after: 0, limit: 3, first: "newest" }), [4, 3, 2]);
  assert.deepEqual(await ids({ after: 2, limit: 3, first: "newest" }), [1]);
  assert.deepEqual(await ids({ after: 1, limit: 3, first: "newest" }), []);
  assert.deepEqual(await ids({ after: 2, limit: 1, first: "oldest" }), [3]);
});
