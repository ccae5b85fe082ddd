import assert from "node:assert/strict";
import test from "node:test";
import {
  endOfTime,
  octets,
  readAll,
  recipientsIn,
  sample,
  scratchPlace,
  scratchStore,
  sharing,
} from "../fixture.test.ts";
import { openStore } from "../open.ts";

test("a kept message is found again after the store was opened anew, octet for octet", async (t) => {
  const place = await scratchPlace(t);
  const first = await openStore(place, sharing("a.test"));
  const kept = sample(2 ** 52 + 1, {
    eightBit: true,
    smtputf8: true,
    isJunk: true,
    returns: "full",
    envelopeId: `${"x".repeat(97)}+2B`,
    priority: -9,
    deliverBy: { until: 4e12, missed: "return", traced: true },
    releaseAt: 3e12,
    recipients: [
      {
        address: { local: 'we"ird name', domain: "a.example" },
        kind: "relay",
        notify: { success: true, failure: true, delay: true },
        originalRecipient: `rfc822;${"x".repeat(493)}`,
      },
      {
        address: { local: "jürgen", domain: "xn--bcher-kva.example" },
        kind: "local",
        notify: { success: false, failure: false, delay: false },
      },
    ],
    content: [octets("Received: x\r\n"), new Uint8Array([0, 13, 10, 255])],
  });
  await first.messages.keep(kept);
  await first.close();

  const { messages } = await scratchStore(t, place);
  const [message] = await messages.due({ now: endOfTime, limit: 10, latest: endOfTime });
  assert.deepEqual(message, {
    id: kept.id,
    receivedAt: kept.receivedAt,
    size: 5,
    eightBit: true,
    smtputf8: true,
    isJunk: true,
    returns: "full",
    envelopeId: kept.envelopeId,
    priority: -9,
    deliverBy: kept.deliverBy,
    releaseAt: 3e12,
    sender: kept.sender,
    recipients: kept.recipients.map((recipient, index) => ({
      index,
      ...recipient,
      attempts: 0,
      waited: 0,
    })),
  });
  assert.equal(await readAll(messages.content(kept.id)), "Received: x\r\n\0\r\n\xff");
  assert.equal(await messages.lastId(), kept.id);
});

test("what waits for its release is due then, however far that is, and what was planned too far is due", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { releaseAt: 5_000 }));
  await messages.keep(sample(2, { receivedAt: 5_000 }));
  const dueAt = async (now: number, latest: number) => {
    const due = await messages.due({ now, limit: 10, latest });
    return due.map(({ id }) => id);
  };
  assert.deepEqual(await dueAt(100, 1_000), [2], "the clock was set back after 2 came");
  assert.deepEqual(await dueAt(4_999, 6_000), []);
  assert.deepEqual(await dueAt(5_000, 6_000), [1, 2]);
  assert.equal(await messages.earliestDue(100), 5_000);
  assert.equal((await messages.show(1))?.releaseAt, 5_000);
  await messages.retry({ ids: [1] }, 50);
  assert.deepEqual(await dueAt(100, 1_000), [1, 2], "released by hand");
});

test("an empty store has nothing due, no id and no content", async (t) => {
  const { messages } = await scratchStore(t);
  assert.deepEqual(await messages.due({ now: endOfTime, limit: 10, latest: endOfTime }), []);
  assert.equal(await messages.earliestDue(0), undefined);
  assert.equal(await messages.lastId(), 0);
  await assert.rejects(readAll(messages.content(7)), { name: "StoreError", kind: "missing" });
});

test("the null reverse-path stays null", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { sender: null, origin: {} }));
  const detail = await messages.show(1);
  assert.equal(detail?.sender, null);
  assert.deepEqual(detail?.origin, {});
});

test("the message that is due longest comes first, with its due recipients alone", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(30));
  await messages.keep(sample(10, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.keep(sample(20));
  const postponed = { state: "deferred", said: "450 later", nextAttempt: 900, waited: 60 } as const;
  await messages.settle({
    id: 10,
    at: 11,
    peer: "mx.b.example",
    finished: false,
    results: [{ index: 1, ...postponed }],
  });

  const due = await messages.due({ now: 25, limit: 10, latest: 1000 });
  assert.deepEqual(
    due.map(({ id, recipients }) => [id, recipients.map(({ index }) => index)]),
    [
      [10, [0]],
      [20, [0]],
    ],
  );
  assert.equal(await messages.earliestDue(0), 10);
  const one = await messages.due({ now: 1000, limit: 1, latest: 1000 });
  assert.deepEqual(
    one.map(({ id, recipients }) => [id, recipients]),
    [
      [
        10,
        [
          {
            index: 0,
            address: { local: "u0", domain: "a.example" },
            kind: "relay",
            attempts: 0,
            waited: 0,
          },
          {
            index: 1,
            address: { local: "u1", domain: "b.example" },
            kind: "relay",
            attempts: 1,
            waited: 60,
            lastAttempt: 11,
          },
        ],
      ],
    ],
  );
});

test("a limit counts messages, however many recipients they have", async (t) => {
  const { messages } = await scratchStore(t);
  const many = recipientsIn(...Array.from({ length: 300 }, () => "a.example"));
  await messages.keep(sample(1, { recipients: many }));
  await messages.keep(sample(2));
  await messages.keep(sample(3));
  const due = await messages.due({ now: 9, limit: 2, latest: 9 });
  assert.deepEqual(
    due.map(({ id, recipients }) => [id, recipients.length]),
    [
      [1, 300],
      [2, 1],
    ],
  );
});

test("what a clock that ran ahead has planned is due once the clock is set back", async (t) => {
  const { messages } = await scratchStore(t);
  const year = 365 * 24 * 3600 * 1000;
  await messages.keep(sample(1, { receivedAt: year }));
  await messages.keep(sample(2, { receivedAt: 50 }));
  assert.deepEqual(ids(await messages.due({ now: 100, limit: 9, latest: year })), [2]);
  assert.deepEqual(ids(await messages.due({ now: 100, limit: 9, latest: 1000 })), [2, 1]);
  assert.deepEqual(ids(await messages.due({ now: 100, limit: 1, latest: 1000 })), [2]);
});

function ids(messages: readonly { readonly id: number }[]): readonly number[] {
  return messages.map(({ id }) => id);
}
