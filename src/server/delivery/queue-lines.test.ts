// The queue on a real store, with a clock of the test's own and destinations that do as they are told.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { NewMessage } from "../../core/queue/message.ts";
import { sample, scratchStore } from "../../io/store/fixture.test.ts";
import { StoreError } from "../../io/store/error.ts";
import type { Store } from "../../io/store/store.ts";
import { type Job, type Outcome, reportAll } from "./job.ts";
import { Queue } from "./queue.ts";
import type { Target } from "./target.ts";

const minute = 60_000;
const schedule = { retry: [minute, 5 * minute], warnAfter: 30 * minute, giveUpAfter: 60 * minute };
const down: Outcome = {
  kind: "temporary",
  said: { status: "4.4.1", text: "mx refused the connection", remote: false },
  destination: "tried",
};
const delivered: Outcome = {
  kind: "delivered",
  said: { status: "2.0.0", text: "250 Ok", remote: true },
};
const greylisted: Outcome = {
  kind: "temporary",
  said: { status: "4.7.1", text: "450 4.7.1 later", remote: true },
};

interface World {
  readonly store: Store;
  readonly queue: Queue;
  /** Jobs that wait for their outcome. */
  readonly jobs: Job[];
  /** Recipients of all jobs ever, by local part. */
  readonly submitted: string[];
  now: number;
  ways: string;
  /** Domains that go somewhere else. */
  readonly moved: Set<string>;
  /** The wall clock goes on, and the queue looks. */
  later(ms: number): Promise<void>;
  /** Reports one outcome for the next job, as a destination does. */
  end(outcome: Outcome): Promise<void>;
  send(id: number, changes?: Partial<NewMessage>): Promise<void>;
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>;
}

let ids = 1_000_000;

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) assert.fail(`in vain: ${what}`);
    await turn();
  }
}

async function startWorld(t: TestContext, store?: Store, maxActive = 1_000): Promise<World> {
  const kept = store ?? (await scratchStore(t));
  const jobs: Job[] = [];
  const submitted: string[] = [];
  const moved = new Set<string>();
  const world = { now: 1_000_000, ways: "w" };
  const queue = new Queue({
    store: kept.messages,
    lineStore: kept.lines,
    node: 0,
    ways: () => world.ways,
    lanes: {
      of: () => ({
        submit(job) {
          jobs.push(job);
          submitted.push(...job.recipients.map(({ address }) => address.local));
        },
        close() {},
      }),
      closeAll() {},
    },
    targetOf: ({ address }): Target => ({
      kind: "mx",
      domain: moved.has(address.domain) ? `other.${address.domain}` : address.domain,
      wish: undefined,
    }),
    settlement: () => ({
      hostname: "mail.example.org",
      schedule,
      nextId: () => ++ids,

      signNotice: async () => "",
      random: () => 0.5,
      addressee: (address) => ({ address, kind: "relay" }),
    }),
    cut() {},
    maxActive,
    now: () => world.now,
    log: {
      info() {},
      warn() {},
      error(fields) {
        // The test is over.
        if ("error" in fields && fields.error instanceof StoreError) return;
        assert.fail(JSON.stringify(fields));
      },
    },
  });
  await queue.open();
  t.after(() => queue.stop(0));
  return Object.assign(world, {
    store: kept,
    queue,
    jobs,
    submitted,
    moved,
    until,
    async later(ms: number) {
      world.now += ms;
      queue.poke();
      await settled(kept);
    },
    async end(outcome: Outcome) {
      await until("a job to end", () => jobs.length > 0);
      reportAll(jobs.shift() ?? assert.fail(), { name: "mx" }, outcome);
      await settled(kept);
    },
    async send(id: number, changes: Partial<NewMessage> = {}) {
      const message = sample(id, { receivedAt: world.now, ...named(id), ...changes });
      await kept.messages.keep(message);
      queue.take(message, undefined);
    },
  });
}

/** To `u7@a.example` for the message 7. */
function named(id: number): Pick<NewMessage, "recipients"> {
  return {
    recipients: [{ address: { local: `u${id}`, domain: "a.example" }, kind: "relay" }],
  };
}

/** What was asked of the store before has been answered, and thought about. */
async function settled(store: Store): Promise<void> {
  for (let round = 0; round < 8; round++) {
    await store.messages.lastId();
    await turn();
  }
}

async function waiting({ store }: World): Promise<number> {
  return (await store.lines.report()).reduce((sum, line) => sum + line.waiting, 0);
}

test("what waits for a host that is down costs one try at a time, whatever there is of it", async (t) => {
  const world = await startWorld(t);
  await world.send(1);
  await world.end(down);
  for (let id = 2; id <= 30; id++) await world.send(id);
  await world.until("all stand in line", async () => (await waiting(world)) === 30);
  assert.deepEqual(world.submitted, ["u1"]);

  await world.later(minute / 2);
  assert.equal(world.jobs.length, 0, "its time has not come");
  await world.later(minute / 2);
  await world.until("it is tried again", () => world.jobs.length > 0);
  await world.later(minute);
  assert.deepEqual(world.submitted, ["u1", "u1"], "one goes first");
  await world.end(down);
  await world.later(4 * minute);
  assert.equal(world.jobs.length, 0);
  await world.later(minute);
  await world.end(delivered);
  await world.until("then all go", () => world.submitted.length === 32);
  for (let count = 0; count < 29; count++) await world.end(delivered);
  await world.until("nothing is left", async () => (await world.store.messages.lastId()) === 0);
  await world.later(1_000);
  await world.until("nor a line", async () => (await world.store.lines.all()).length === 0);
  assert.equal(new Set(world.submitted).size, 30, "none was forgotten");
});

test("a try that takes its time keeps nobody busy", async (t) => {
  const store = await scratchStore(t);
  let looks = 0;
  const due: Store["messages"]["due"] = (query) => {
    looks++;
    return store.messages.due(query);
  };
  const world = await startWorld(t, { ...store, messages: { ...store.messages, due } });
  await world.send(1);
  await world.end(down);
  await world.later(minute);
  await world.until("it is tried", () => world.jobs.length > 0);
  const before = looks;
  for (let count = 0; count < 10; count++) await world.later(minute);
  assert.ok(looks - before <= 12, `${looks - before} looks`);
  assert.equal(world.jobs.length, 1);
});

test("greylisting is a matter of the message: the others go on", async (t) => {
  const world = await startWorld(t);
  await world.send(1);
  await world.end(greylisted);
  await world.send(2);
  assert.deepEqual(world.submitted, ["u1", "u2"]);
  await world.end(delivered);
  assert.equal(await waiting(world), 0);
  await world.later(minute);
  await world.until("it is due again", () => world.submitted.length === 3);
});

test("a probe that is put off shows that the destination is up", async (t) => {
  const world = await startWorld(t);
  for (const id of [1, 2, 3]) await world.send(id);
  await world.end(down);
  for (const job of world.jobs.splice(0)) {
    const outcome = { ...down, destination: "spared" } as const;
    job.report(
      undefined,
      job.recipients.map((recipient) => ({ recipient, outcome })),
    );
  }
  await world.until("all stand in line", async () => (await waiting(world)) === 3);
  await world.later(minute);
  await world.end(greylisted);
  await world.until("the others go", () => world.jobs.length === 2);
  assert.equal((await world.store.messages.show(2))?.recipients[0]?.attempts, 0);
});

test("whose time is over comes back in time, though nobody tried it itself", async (t) => {
  const world = await startWorld(t);
  await world.send(1);
  await world.end(down);
  await world.later(minute - 1);
  for (let id = 2; id <= 300; id++) await world.send(id);
  await world.until("all stand in line", async () => (await waiting(world)) === 300);
  const begin = world.now;
  let tries = 0;
  const noticesFor = () => world.submitted.filter((local) => local === "alice").length;
  for (; noticesFor() < 600 && world.now < begin + 120 * minute;) {
    await world.later(minute / 2);
    for (const job of world.jobs.slice()) {
      const isNotice = job.recipients[0]?.address.local === "alice";
      if (!isNotice) tries++;
      world.jobs.splice(world.jobs.indexOf(job), 1);
      const outcome = isNotice ? delivered : down;
      job.report(
        undefined,
        job.recipients.map((recipient) => ({ recipient, outcome })),
      );
      await settled(world.store);
    }
  }
  assert.equal(noticesFor(), 600, "a warning and an end for each");
  const took = (world.now - begin) / minute;
  assert.ok(took >= 59 && took <= 62, `${took} minutes`);
  assert.ok(tries <= 20, `${tries} tries`);
  while (world.jobs.length > 0) await world.end(delivered);
  await world.until("nothing is left", async () => (await world.store.messages.lastId()) === 0);
});

test("a clock that is set by a year ends nothing, and stalls nothing", async (t) => {
  for (const year of [365 * 86_400_000, -365 * 86_400_000]) {
    const world = await startWorld(t);
    await world.send(1);
    await world.end(down);
    await world.send(2);
    await world.until("both stand in line", async () => (await waiting(world)) === 2);
    await world.later(year);
    await world.end(down);
    assert.equal(await waiting(world), 2, "nobody is given up");
    await world.later(5 * minute);
    await world.end(delivered);
    await world.until("both have gone", () => world.submitted.length === 4);
  }
});

test("one sender's many do not keep another's single message waiting", async (t) => {
  const world = await startWorld(t, undefined, 40);
  for (let id = 1; id <= 100; id++) await world.send(id);
  const before = world.submitted.length;
  assert.ok(before <= 30, `${before} of them are on their way`);
  await world.send(101, { sender: { local: "bob", domain: "example.org" } });
  assert.equal(world.submitted.at(-1), "u101");
  assert.equal(world.jobs.at(-1)?.flow, "bob@example.org");
  // All of them come to their end, those that had to stand as well.
  for (let count = 0; count < 101; count++) await world.end(delivered);
  assert.equal(new Set(world.submitted).size, 101);
  assert.equal(world.submitted.length, 101, "each once");
});

test("a slow destination leaves room for others, in delivery and in what is due", async (t) => {
  const store = await scratchStore(t);
  for (let id = 1; id <= 100; id++) await store.messages.keep(sample(id, named(id)));
  await store.messages.keep(
    sample(101, {
      recipients: [{ address: { local: "other", domain: "b.example" }, kind: "relay" }],
    }),
  );
  const world = await startWorld(t, store, 40);
  world.queue.poke();
  await world.until("the last one is reached", () => world.submitted.includes("other"));
  assert.ok(world.jobs.length < 40);
  for (let count = 0; count < 101; count++) await world.end(delivered);
  assert.equal(world.submitted.length, 101, "each once");
});

test("a start knows which destinations are down, and takes up what stood in line", async (t) => {
  const store = await scratchStore(t);
  const world = await startWorld(t, store);
  await world.send(1);
  await world.end(down);
  await world.send(2);
  await world.until("both stand in line", async () => (await waiting(world)) === 2);
  await world.until("it is known", async () => (await store.lines.all())[0]?.ways === "w");
  await world.queue.stop(1_000);

  const next = await startWorld(t, store);
  await next.later(minute / 2);
  await next.send(3);
  assert.deepEqual(next.submitted, []);
  await next.later(minute / 2);
  await next.end(delivered);
  await next.until("all go", () => next.submitted.length === 3);
});

test("a new configuration takes all out of lines whose way is another now", async (t) => {
  const world = await startWorld(t);
  await world.send(1);
  await world.end(down);
  await world.send(2);
  await world.until("both stand in line", async () => (await waiting(world)) === 2);
  world.moved.add("a.example");
  world.ways = "x";
  world.queue.reroute();
  await world.until("both go the new way", () => world.submitted.length === 3);
});

test("an operator's retry is the next try of what they wait for", async (t) => {
  const world = await startWorld(t);
  await world.send(1);
  await world.end(down);
  const [line] = await world.store.lines.of({ ids: [1] });
  assert.ok(line !== undefined);
  world.queue.tryNow([line]);
  await world.until("it is tried", () => world.submitted.length === 2);
});

test("who asks for it at the moment of a failure waits until the store knows of that", async (t) => {
  const world = await startWorld(t);
  await world.send(1);
  await world.send(2);
  reportAll(world.jobs.shift() ?? assert.fail(), { name: "mx" }, down);
  await world.queue.settled(20_000);
  const [line] = await world.store.lines.all();
  assert.equal(line?.name, "a.example");
  assert.equal(await waiting(world), 1, "the other one is under way, and not waited for");
  world.queue.tryNow([line.number]);
  await world.until("it is tried", () => world.submitted.length === 3);
  await world.queue.settled(20_000);
});

test("recipients of one message go each their own way, one of them down", async (t) => {
  const world = await startWorld(t);
  const recipients = ["a.example", "b.example"].map((domain, at) => ({
    address: { local: `r${at}`, domain },
    kind: "relay" as const,
  }));
  await world.send(1, { recipients });
  await world.end(down);
  await world.end(delivered);
  await world.send(2, { recipients });
  await world.until("the other way is open", () => world.submitted.length === 3);
  assert.deepEqual(world.submitted, ["r0", "r1", "r1"]);
  await world.end(greylisted);
  await world.later(minute);
  await world.until("each is tried again", () => world.submitted.length === 5);
  for (let count = 0; count < 3; count++) await world.end(delivered);
  await world.until("nothing is left", async () => (await world.store.messages.lastId()) === 0);
});
