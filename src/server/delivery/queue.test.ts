import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { NewMessage } from "../../core/queue/message.ts";
import { type Job, type Lane, reportAll } from "./job.ts";
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

/** A queue whose jobs pile up in `jobs`. */
function startQueue(store: Partial<QueueOptions["store"]>) {
  const jobs: Job[] = [];
  const lane: Lane = { submit: (job) => void jobs.push(job), close: () => {} };
  const queue = new Queue({
    store: {
      content: async function* () {},
      due: async () => [],
      earliestDue: async () => undefined,
      settle: async () => {},
      ...store,
    },
    lanes: { of: () => lane, closeAll: () => {} },
    targetOf: ({ address }) => ({ kind: "mx", domain: address.domain }),
    settlement: () => ({
      hostname: "mail.example.org",
      schedule: { retry: [1_000], warnAfter: 5_000, giveUpAfter: 10_000 },
      nextId: () => 2,
      random: () => 0,
      addressee: (address) => ({ address, kind: "relay" }),
    }),
    cut: () => {},
    maxActive: 10,
    now: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  return { queue, jobs };
}

test("a message gives its memory back once, however its recipients end together", async () => {
  const settled: (() => void)[] = [];
  let released = 0;
  const settle = () => new Promise<void>((resolve) => void settled.push(resolve));
  const { queue, jobs } = startQueue({ settle });
  queue.take(message, { chunks: message.content, release: () => void released++ });
  assert.equal(jobs.length, 2);
  const said = { status: "2.0.0", text: "250 Ok", remote: true };
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
  const said = { status: "2.0.0", text: "250 Ok", remote: true };
  for (const job of jobs) reportAll(job, { name: "a host" }, { kind: "delivered", said });
  await queue.stop(1_000);
});
