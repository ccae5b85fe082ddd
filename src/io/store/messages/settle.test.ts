import assert from "node:assert/strict";
import test from "node:test";
import type { RecipientResult, Settlement } from "../../../core/queue/message.ts";
import { endOfTime, octets, readAll, recipientsIn, sample, scratchStore } from "../fixture.test.ts";

const delivered = { state: "delivered", said: "250 2.0.0 queued" } as const;
const deferred = {
  state: "deferred",
  said: "450 4.2.0 later",
  nextAttempt: 900,
  waited: 60,
} as const;

function settlement(
  results: readonly RecipientResult[],
  changes: Partial<Settlement> = {},
): Settlement {
  return { id: 1, at: 100, peer: "mx.example", finished: false, results, ...changes };
}

test("a message that is delivered at once leaves nothing behind", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  await messages.settle(settlement([{ index: 0, ...delivered }], { finished: true }));
  assert.equal(await messages.show(1), undefined);
  assert.equal(await messages.earliestDue(0), undefined);
  await assert.rejects(readAll(messages.content(1)), { kind: "missing" });
});

test("results, attempts and the next plan are kept while some recipient waits", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(
    sample(1, { recipients: recipientsIn("a.example", "b.example", "c.example") }),
  );
  const failed = { state: "failed", said: "550 5.1.1 nobody" } as const;
  await messages.settle(
    settlement([
      { index: 0, ...delivered },
      { index: 1, ...failed },
      { index: 2, ...deferred },
    ]),
  );
  await messages.settle(
    settlement([{ index: 2, ...deferred, nextAttempt: 2000, waited: 120 }], { at: 900 }),
  );

  const detail = await messages.show(1);
  assert.deepEqual(
    detail?.recipients.map(({ state, attempts, nextAttempt, lastAttempt, said }) => ({
      state,
      attempts,
      nextAttempt,
      lastAttempt,
      said,
    })),
    [
      { state: "delivered", attempts: 1, nextAttempt: 1, lastAttempt: 100, said: delivered.said },
      { state: "failed", attempts: 1, nextAttempt: 1, lastAttempt: 100, said: failed.said },
      { state: "waiting", attempts: 2, nextAttempt: 2000, lastAttempt: 900, said: deferred.said },
    ],
  );
  assert.deepEqual(
    detail?.attempts.map(({ index, at, peer, state }) => [index, at, peer, state]),
    [
      [0, 100, "mx.example", "delivered"],
      [1, 100, "mx.example", "failed"],
      [2, 100, "mx.example", "deferred"],
      [2, 900, "mx.example", "deferred"],
    ],
  );
  assert.equal(await messages.earliestDue(0), 2000);
});

test("the message goes with its last open recipient, whoever notices", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.settle(settlement([{ index: 0, ...delivered }]));
  assert.equal(await readAll(messages.content(1)), "hello");
  await messages.settle(settlement([{ index: 1, ...delivered }]));
  assert.equal(await messages.show(1), undefined);
});

test("a settlement that wrongly says finished does not lose who still waits", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.settle(settlement([{ index: 1, ...deferred }]));
  await messages.settle(settlement([{ index: 0, ...delivered }], { finished: true }));
  assert.deepEqual(await messages.due({ now: 899, limit: 9, latest: endOfTime }), []);
  assert.equal(await messages.earliestDue(0), 900);
  const [left] = await messages.due({ now: 900, limit: 9, latest: endOfTime });
  assert.deepEqual(
    left?.recipients.map(({ address }) => address.domain),
    ["b.example"],
  );
  assert.equal(await readAll(messages.content(1)), "hello");
});

test("the notice is kept in the same commit", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  const result = { index: 0, state: "failed", said: "550 5.1.1 nobody" } as const;
  const notice = sample(2, { sender: null });
  await messages.settle(settlement([result], { finished: true, notice }));
  assert.equal(await messages.show(1), undefined);
  assert.equal((await messages.show(2))?.sender, null);
});

test("a message that was removed meanwhile is no error, and causes no notice", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  await messages.remove({ ids: [1] });
  const result = { index: 0, state: "failed", said: "550 5.1.1 nobody" } as const;
  await messages.settle(settlement([result], { finished: true, notice: sample(2) }));
  await messages.settle(settlement([{ index: 0, ...deferred }]));
  assert.equal(await messages.lastId(), 0);
});

test("a recipient that was removed meanwhile is passed over", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.remove({ ids: [1], recipientDomain: "b.example" });
  await messages.settle(
    settlement([
      { index: 0, ...deferred },
      { index: 1, ...deferred },
    ]),
  );
  const detail = await messages.show(1);
  assert.deepEqual(
    detail?.attempts.map(({ index }) => index),
    [0],
  );
});

test("a settlement is kept whole or not at all", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  await messages.keep(sample(2));
  const result = { index: 0, ...delivered };
  const impossible = settlement([result], { finished: true, notice: sample(2) });
  await assert.rejects(messages.settle(impossible), { name: "StoreError", kind: "conflict" });
  assert.equal((await messages.show(1))?.recipients[0]?.state, "waiting");
});

test("a message is sent on in the commit that ends it, with all of its octets", async (t) => {
  const { messages } = await scratchStore(t);
  const content = ["one ", "two ", "three"].map(octets);
  await messages.stash(1, 1, octets("zero "));
  await messages.keep(sample(1, { stashed: 1, content }));
  const onward = ["a.example", "b.example"].map((domain, index) =>
    sample(2 + index, {
      content: [octets("Delivered-To: x\n")],
      copyOf: 1,
      recipients: recipientsIn(domain),
    }),
  );
  const done = [{ index: 0, ...delivered }];
  assert.equal(
    await messages.settle(settlement(done, { finished: true, forwarded: onward })),
    true,
  );
  assert.equal(await messages.show(1), undefined);
  for (const id of [2, 3]) {
    assert.equal(await readAll(messages.content(id)), "Delivered-To: x\nzero one two three");
    assert.equal((await messages.show(id))?.recipients[0]?.state, "waiting");
  }
});

test("it is not sent on where the message was removed meanwhile", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  await messages.remove({ ids: [1] });
  const forwarded = [sample(2, { copyOf: 1 })];
  const done = [{ index: 0, ...delivered }];
  assert.equal(await messages.settle(settlement(done, { finished: true, forwarded })), false);
  assert.equal(await messages.lastId(), 0);
});

test("where a part of it cannot be sent on, nothing is, and the recipient waits", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1));
  await messages.keep(sample(3));
  const forwarded = [sample(2, { copyOf: 1 }), sample(3, { copyOf: 1 })];
  const done = settlement([{ index: 0, ...delivered }], { finished: true, forwarded });
  await assert.rejects(messages.settle(done), { name: "StoreError", kind: "conflict" });
  assert.equal((await messages.show(1))?.recipients[0]?.state, "waiting");
  assert.equal(await messages.show(2), undefined);
  assert.equal(await readAll(messages.content(3)), "hello");
});
