import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { NewMessage } from "../../core/queue/message.ts";
import { type Job, type Lane, reportAll } from "./job.ts";
import type { LineStore } from "../../io/store/line-store.ts";
import { StoreError, type StoreProblemKind } from "../../io/store/error.ts";
import { Queue, type QueueOptions } from "./queue.ts";
import { asQueued } from "./settlement.ts";

const message: NewMessage = {
  id: 1,
  receivedAt: 0,
  sender: null,
  smtputf8: false,
  eightBit: false,
  size: 3,
  origin: {},
  recipients: [
    { address: { local: "a", domain: "one.example" }, kind: "relay" },
    { address: { local: "b", domain: "two.example" }, kind: "relay" },
  ],
  stashed: 0,
  content: [Uint8Array.of(1, 2, 3)],
};

const said = { status: "2.0.0", text: "250 Ok", remote: true };

/** Where nobody has ever stood. */
const noLines: LineStore = {
  all: async () => [],
  inUse: async () => [],
  save: async () => {},
  stand: async () => {},
  drop: async () => true,
  next: async () => [],
  overdue: async () => [],
  earliestUntil: async () => undefined,
  dissolve: async () => {},
  of: async () => [],
  forget: async () => 0,
  report: async () => [],
};

/** A queue whose jobs pile up in `jobs`. */
function startQueue(store: Partial<QueueOptions["store"]>, term?: () => number | undefined) {
  const jobs: Job[] = [];
  const lane: Lane = { submit: (job) => void jobs.push(job), close: () => {} };
  const queue = new Queue({
    store: {
      content: async function* () {},
      due: async () => [],
      earliestDue: async () => undefined,
      settle: async () => true,
      ...store,
    },
    lineStore: noLines,
    node: 0,
    ways: () => "",
    lanes: { of: () => lane, closeAll: () => {} },
    targetOf: ({ address }) => ({ kind: "mx", domain: address.domain, wish: undefined }),
    settlement: () => ({
      hostname: "mail.example.org",
      schedule: { retry: [1_000], warnAfter: 5_000, giveUpAfter: 10_000 },
      nextId: () => 2,
      random: () => 0,
      signNotice: async () => "",
      addressee: (address) => ({ address, kind: "relay" }),
    }),
    cut: () => {},
    maxActive: 10,
    ...(term && { term }),
    now: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  return { queue, jobs };
}

test("a message gives its memory back once, however its recipients end together", async () => {
  const settled: (() => void)[] = [];
  let released = 0;
  const settle = () => new Promise<boolean>((resolve) => void settled.push(() => resolve(true)));
  const { queue, jobs } = startQueue({ settle });
  queue.take(message, { chunks: message.content, release: () => void released++ });
  assert.equal(jobs.length, 2);
  for (const job of jobs) reportAll(job, { name: "a host" }, { kind: "delivered", said });
  await turn();
  assert.equal(settled.length, 2, "both are in settlement at once");
  settled[0]?.();
  await turn();
  assert.equal(released, 0, "the other one may still need the content");
  settled[1]?.();
  await turn();
  assert.equal(released, 1);
  await queue.stop(0);
});

test("a message that a look finds before it is handed over is delivered once", async () => {
  let released = 0;
  const { queue, jobs } = startQueue({ due: async () => [asQueued(message)] });
  queue.poke();
  await turn();
  assert.equal(jobs.length, 2);
  queue.take(message, { chunks: message.content, release: () => void released++ });
  assert.equal(jobs.length, 2, "its recipients are on their way already");
  assert.equal(released, 1);
  for (const job of jobs) reportAll(job, { name: "a host" }, { kind: "delivered", said });
  await queue.stop(1_000);
});

test("where it is in doubt whose messages are, none is begun, and none is ended", async () => {
  let released = 0;
  let term: number | undefined;
  const { queue, jobs } = startQueue({}, () => term);
  const held = { chunks: message.content, release: () => void released++ };
  queue.take(message, held);
  assert.deepEqual([jobs.length, released], [0, 1], "it stays in the store");

  term = 7;
  queue.take(message, held);
  const [job] = jobs;
  assert.ok(job);
  assert.deepEqual(await read(job), [1, 2, 3]);
  const begun = job.content();
  assert.ok(Symbol.asyncIterator in begun);
  const pieces = begun[Symbol.asyncIterator]();
  await pieces.next();
  term = undefined;
  await assert.rejects(pieces.next(), /was not heard/, "its end is not sent");
  term = 8;
  await assert.rejects(read(job), /was not heard/, "it may have been another's meanwhile");
});

test("a message that is another's by now causes no notice", async () => {
  const { queue, jobs } = startQueue({ settle: async () => false }, () => 1);
  queue.take({ ...message, sender: { local: "a", domain: "one.example" } }, undefined);
  for (const job of jobs.slice()) reportAll(job, { name: "a host" }, { kind: "permanent", said });
  await turn();
  assert.equal(jobs.length, 2, "there is nothing more to deliver");
});

test("a result that was kept, though the store could not say so, is not kept again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const kinds: StoreProblemKind[] = ["unavailable", "conflict"];
  const settle = async (): Promise<boolean> => {
    const kind = kinds.shift();
    if (kind !== undefined) throw new StoreError({ kind, message: kind });
    throw new Error("asked too often");
  };
  const { queue, jobs } = startQueue({ settle });
  const recipients = message.recipients.slice(0, 1);
  let released = 0;
  const held = { chunks: message.content, release: () => void released++ };
  queue.take({ ...message, recipients }, held);
  for (const job of jobs) reportAll(job, { name: "a host" }, { kind: "delivered", said });
  await turn();
  t.mock.timers.tick(5_000);
  await turn();
  assert.equal(released, 1);
});

test("who asks for what has ended to be kept does not wait for a full disk for ever", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const full = new StoreError({ kind: "full", message: "the disk is full" });
  const { queue, jobs } = startQueue({ settle: () => Promise.reject(full) });
  await queue.settled(1_000); // nothing has ended
  queue.take(message, undefined);
  for (const job of jobs) reportAll(job, { name: "a host" }, { kind: "delivered", said });
  let isOver = false;
  void queue.settled(1_000).then(() => (isOver = true));
  await turn();
  assert.equal(isOver, false);
  t.mock.timers.tick(1_000);
  await turn();
  assert.equal(isOver, true);
});

test("while the disk is full a result waits, and nothing is delivered twice", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const recipients = message.recipients.slice(0, 1);
  const kept: unknown[] = [];
  let isFull = true;
  const settle = async (settlement: unknown): Promise<boolean> => {
    if (isFull) throw new StoreError({ kind: "full", message: "the disk is full" });
    kept.push(settlement);
    return true;
  };
  // The store goes on to name it as due.
  const due = async () => [asQueued({ ...message, recipients })];
  const { queue, jobs } = startQueue({ settle, due });
  queue.take({ ...message, recipients }, undefined);
  for (const job of jobs.slice()) reportAll(job, { name: "a host" }, { kind: "delivered", said });
  for (let tries = 0; tries < 3; tries++) {
    queue.poke();
    await turn();
    t.mock.timers.tick(5_000);
    await turn();
  }
  assert.deepEqual([jobs.length, kept.length], [1, 0]);
  isFull = false;
  t.mock.timers.tick(5_000);
  await turn();
  assert.deepEqual([jobs.length, kept.length], [1, 1]);
});

async function read(job: Job): Promise<readonly number[]> {
  const octets: number[] = [];
  for await (const piece of job.content()) octets.push(...piece);
  return octets;
}
