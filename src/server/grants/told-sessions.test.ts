import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import type { Sign } from "../../core/grants/told.ts";
import type { GrantDesk, Opened } from "./grants.ts";
import { ToldSessions } from "./told-sessions.ts";

const minute = 60_000;
const client = { version: 4, octets: [203, 0, 113, 9] } as const;

interface Scene {
  readonly sessions: ToldSessions;
  /** What the desk was told, with the minute. */
  readonly told: string[];
  readonly see: (sign: Sign, session?: string) => Promise<Opened>;
  readonly pass: (minutes: number) => void;
}

/** @param answer of the desk. */
function begin(
  t: TestContext,
  answer: Opened | (() => Promise<Opened>) = { granted: true },
  settle = 0,
): Scene {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  let time = 0;
  const told: string[] = [];
  const open = new Set<string>();
  const desk: GrantDesk = {
    async opened({ session = "-", at }) {
      told.push(`opened ${session} ${at / minute}`);
      const said = typeof answer === "function" ? await answer() : answer;
      if (said.granted) open.add(session);
      return said;
    },
    async closed({ session, at }) {
      told.push(`closed ${session} ${at / minute}`);
      return open.delete(session);
    },
  };
  const sessions = new ToldSessions({
    source: "dovecot",
    desk,
    // A clock that was set wrong says nothing of how long a session lasts.
    clock: { now: () => time, elapsed: () => time + 1e12 },
    bounds: { atMost: 1_000, settle },
  });
  t.after(() => sessions.close());
  return {
    sessions,
    told,
    see: (sign, session) =>
      sessions.seen(sign, {
        account: "a@b.example",
        client,
        ...(session !== undefined && { session }),
      }),
    pass(minutes) {
      for (let left = minutes; left > 0; left--) {
        time += minute;
        t.mock.timers.tick(minute);
      }
    },
  };
}

test("a session opens once and ends once, however often it is told", async (t) => {
  const { sessions, told, see } = begin(t);
  for (let times = 0; times < 3; times++)
    assert.deepEqual(await see("begun", "s"), { granted: true });
  await see("alive", "s");
  for (let times = 0; times < 3; times++) assert.equal(await sessions.ended("s"), true);
  assert.deepEqual(await see("begun", "s"), { granted: true });
  assert.deepEqual(await see("alive", "s"), { granted: true });
  assert.deepEqual(told, ["opened s 0", "closed s 0"]);
});

test("without a name, each login is a session that is over", async (t) => {
  const { told, see, sessions } = begin(t);
  await see("begun");
  await see("begun");
  assert.deepEqual(told, ["opened - 0", "opened - 0"]);
  assert.equal(sessions.size, 0);
});

test("an end that comes before its login leaves a session that is over", async (t) => {
  const { sessions, told, see } = begin(t);
  assert.equal(await sessions.ended("s"), false);
  assert.deepEqual(await see("begun", "s"), { granted: true });
  await see("begun", "s");
  await see("alive", "s");
  assert.deepEqual(told, ["closed s 0", "opened - 0"]);
});

test("a sign behind the end opens nothing", async (t) => {
  const { sessions, told, see } = begin(t);
  await sessions.ended("s");
  assert.equal((await see("alive", "s")).granted, false);
  assert.deepEqual(told, ["closed s 0"]);
});

test("a session that we never heard the beginning of is opened by a sign of it", async (t) => {
  const { told, see } = begin(t);
  await see("alive", "s");
  assert.deepEqual(told, ["opened s 0"]);
});

test("the desk hears of the end behind the beginning, however long that takes it", async (t) => {
  const answer = Promise.withResolvers<Opened>();
  const { sessions, told, see } = begin(t, () => answer.promise);
  const opened = see("begun", "s");
  const ended = sessions.ended("s");
  await new Promise(setImmediate);
  assert.deepEqual(told, ["opened s 0"]);
  answer.resolve({ granted: true });
  await Promise.all([opened, ended]);
  assert.deepEqual(told, ["opened s 0", "closed s 0"]);
});

suite("silence", () => {
  test("of 35 minutes ends a session, at its last sign", async (t) => {
    const { told, see, pass } = begin(t);
    await see("begun", "s");
    pass(5);
    await see("alive", "s");
    pass(34);
    assert.deepEqual(told, ["opened s 0"]);
    pass(1);
    await new Promise(setImmediate);
    assert.deepEqual(told, ["opened s 0", "closed s 5"]);
  });

  test("is broken by the next sign, which opens the session again", async (t) => {
    const { told, see, pass } = begin(t);
    await see("begun", "s");
    pass(40);
    await new Promise(setImmediate);
    await see("alive", "s");
    assert.deepEqual(told, ["opened s 0", "closed s 0", "opened s 40"]);
  });

  test("of a session that is over makes us forget it", async (t) => {
    const { sessions, see, pass } = begin(t);
    await see("begun", "s");
    await sessions.ended("s");
    pass(59);
    assert.equal(sessions.size, 1);
    pass(1);
    assert.equal(sessions.size, 0);
  });

  test("there is none in a session that goes on for days, of which the desk hears", async (t) => {
    const { told, see, pass } = begin(t);
    for (let count = 0; count < 100; count++) {
      await see("alive", "s");
      pass(29);
    }
    assert.equal(told.length, 100);
    assert.ok(told.every((each) => each.startsWith("opened s ")));
  });
});

test("a busy session is not told each time", async (t) => {
  const { told, see, pass } = begin(t);
  for (let count = 0; count < 30; count++) {
    await see("alive", "s");
    pass(1);
  }
  assert.deepEqual(told, ["opened s 0", "opened s 10", "opened s 20"]);
});

test("a refused session is asked for again in a while, and its end is told", async (t) => {
  let granted = false;
  const { sessions, told, see, pass } = begin(t, async () =>
    granted ? { granted } : { granted, why: "the store is down" },
  );
  assert.deepEqual(await see("begun", "s"), { granted: false, why: "the store is down" });
  assert.deepEqual(await see("alive", "s"), { granted: false, why: "the store is down" });
  pass(10);
  granted = true;
  assert.deepEqual(await see("alive", "s"), { granted: true });
  assert.equal(await sessions.ended("s"), true);
  assert.deepEqual(told, ["opened s 0", "opened s 10", "closed s 10"]);
});

suite("hibernation", () => {
  test("is not the end", async (t) => {
    const { sessions, told, see } = begin(t);
    await see("begun", "s");
    await see("asleep", "s");
    await see("alive", "s"); // its IDLE, told late
    assert.equal(await sessions.ended("s"), true);
    await see("awake", "s");
    assert.deepEqual(told, ["opened s 0"]);
    assert.equal(await sessions.ended("s"), true);
    assert.deepEqual(told, ["opened s 0", "closed s 0"]);
  });

  test("whose end is told first is none, where ends may settle", async (t) => {
    const { sessions, told, see, pass } = begin(t, { granted: true }, minute);
    await see("begun", "s");
    assert.equal(await sessions.ended("s"), true);
    await see("alive", "s");
    assert.deepEqual(await see("asleep", "s"), { granted: true });
    pass(2);
    await see("awake", "s");
    assert.deepEqual(told, ["opened s 0"]);
    await sessions.ended("s");
    pass(1);
    await new Promise(setImmediate);
    assert.deepEqual(told, ["opened s 0", "closed s 2"]);
  });

  test("after the end has settled opens the session again", async (t) => {
    const { sessions, told, see } = begin(t);
    await see("begun", "s");
    await sessions.ended("s");
    await see("asleep", "s");
    await see("awake", "s");
    assert.deepEqual(told, ["opened s 0", "closed s 0", "opened s 0"]);
  });

  test("from which a session never wakes is bounded by silence", async (t) => {
    const { told, see, pass } = begin(t);
    await see("asleep", "s");
    pass(35);
    await new Promise(setImmediate);
    assert.deepEqual(told, ["opened s 0", "closed s 0"]);
  });
});

test("an end that settles is told at once when we end", async (t) => {
  const { sessions, told, see, pass } = begin(t, { granted: true }, 5 * minute);
  await see("begun", "s");
  await sessions.ended("s");
  await sessions.ended("never begun");
  pass(2);
  sessions.close();
  await new Promise(setImmediate);
  assert.deepEqual(told, ["opened s 0", "closed s 0", "closed never begun 0"]);
});

test("when names are many, further logins are sessions that are over", async (t) => {
  const { sessions, told, see } = begin(t);
  for (let count = 0; count < 5_000; count++) await see("begun", `s${count}`);
  for (let count = 5_000; count < 9_000; count++) await sessions.ended(`s${count}`);
  assert.equal(sessions.size, 1_000);
  assert.equal(told.filter((each) => each.startsWith("opened - ")).length, 4_000);
});
