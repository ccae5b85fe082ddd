import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryStore } from "../../io/store/history-store.ts";
import { minute, noon, TestClock, testHistory } from "./fixture.test.ts";

const fails = async () => Promise.reject(new Error("no disk"));

const year = 365 * 86_400_000;

test("each minute has the rates of what was counted in it", async (t) => {
  const { history, counters, commits, clock } = await testHistory(t);
  counters.accepted = 10;
  counters.attempted("relay", "delivered", 200);
  counters.attempted("relay", "deferred", 200);
  counters.attempted("local", "delivered", 7_000);
  counters.attempted("local", "failed", 7_000);
  counters.decisions.mx.refuse.add("relaying-denied");
  counters.decisions.submission.refuse.add("relaying-denied");
  counters.decisions.mx.defer.add("rate-limited");
  counters.refused.add("loop");
  commits.observe(0.003);
  commits.observe(0.3);
  clock.pass(minute);
  await history.tick();
  counters.accepted = 16;
  clock.pass(minute);
  await history.tick();

  const read = await history.read("hour");
  assert.equal(read.times.length, 60);
  assert.equal(read.step, minute);
  assert.equal(read.times.at(-1), clock.now() / 1000);
  assert.deepEqual(read.accepted.slice(-3), [10, 6, null]);
  assert.deepEqual(read.relayed.slice(-3), [1, 0, null]);
  assert.deepEqual(read.local.slice(-2), [0, null]);
  assert.deepEqual([read.bounced.at(-3), read.deferred.at(-3), read.putOff.at(-3)], [1, 1, 1]);
  assert.deepEqual(
    read.refused.map(({ reason, values }) => [reason, values.at(-3), values.at(-1)]),
    [
      ["relaying-denied", 2, null],
      ["loop", 1, null],
    ],
  );
  assert.equal(read.commitSlowest.at(-3), 0.3);
  assert.deepEqual(read.commitSlowest.slice(-2), [null, null]);
  assert.ok((read.latency95.at(-3) ?? 0) > 5 && (read.latencyMedian.at(-3) ?? 9) <= 0.25);
  assert.equal(read.latencyMedian.at(-2), null);
});

test("the history goes on after a restart, in the minute in which it was stopped too", async (t) => {
  const first = await testHistory(t);
  const { clock, store } = first;
  first.counters.accepted = 30;
  first.queued = 7;
  clock.pass(minute);
  await first.history.tick();
  first.counters.accepted = 40;
  clock.pass(20_000);
  await first.history.close();

  clock.pass(10_000);
  const { history, counters } = await testHistory(t, { store, clock });
  history.start();
  counters.accepted = 5;
  clock.pass(20_000);
  await history.tick();
  const { accepted, queued } = await history.read("hour");
  // 10 in 20 seconds and 5 in 20 seconds; ten seconds in between nobody was there.
  assert.deepEqual(accepted.slice(-2), [30, (15 * 60) / 40]);
  assert.deepEqual(queued.slice(-2), [7, 0]);
  const kept = await store.read(noon / minute + 1, noon / minute + 2);
  assert.equal(kept.length, 1);
  const day = await history.read("day");
  assert.deepEqual(day.accepted.slice(-1), [(45 * 60) / 100]);
});

test("time in which the server was down is a gap, not zero", async (t) => {
  const { history, clock, store } = await testHistory(t);
  clock.pass(minute);
  await history.tick();
  clock.pass(3 * minute);
  const after = await testHistory(t, { store, clock });
  after.history.start();
  clock.pass(minute);
  await after.history.tick();
  const { accepted } = await after.history.read("hour");
  assert.deepEqual(accepted.slice(-7), [null, 0, null, null, null, 0, null]);
});

test("a clock that was a year ahead for an hour leaves what was before and after", async (t) => {
  const { history, counters, clock } = await testHistory(t);
  counters.accepted = 1;
  clock.pass(minute);
  await history.tick();
  clock.utc += year;
  for (let passed = 0; passed < 60; passed++) {
    clock.pass(minute);
    await history.tick();
  }
  assert.deepEqual((await history.read("hour")).accepted.slice(-2), [0, null]);
  clock.utc -= year;
  counters.accepted = 3;
  clock.pass(minute);
  await history.tick();
  const { accepted, times } = await history.read("hour");
  assert.equal(times.at(-1), clock.now() / 1000);
  assert.deepEqual(accepted.slice(-3), [null, 2, null]);
  const day = await history.read("day");
  assert.deepEqual(
    day.accepted.filter((value) => value !== null && value > 0),
    [1, 2],
  );
});

test("a clock that was set back a few minutes counts them twice, and loses nothing", async (t) => {
  const { history, counters, clock, store } = await testHistory(t);
  for (const accepted of [1, 3, 6]) {
    counters.accepted = accepted;
    clock.pass(minute);
    await history.tick();
  }
  clock.utc -= 2 * minute;
  counters.accepted = 10;
  clock.pass(minute);
  await history.tick();
  const rows = await store.read(0, noon);
  const sums = rows.map(({ data }) => Number(/"accepted":(\d+)/.exec(data)?.[1]));
  assert.deepEqual(sums, [1, 2 + 4, 3]);
});

test("a store that fails leaves the charts of this run, and is told of once", async (t) => {
  const store: HistoryStore = { keep: fails, read: fails, dropBeyond: fails };
  const { history, counters, clock, warnings } = await testHistory(t, { store });
  history.start();
  for (const accepted of [1, 3]) {
    counters.accepted = accepted;
    clock.pass(10_000);
    await history.tick();
  }
  assert.deepEqual((await history.read("hour")).accepted.slice(-1), [(3 * 60) / 20]);
  assert.deepEqual(
    warnings.map((fields) => Reflect.get(fields, "event")),
    ["history-not-read", "history-not-kept"],
  );
});

test("rows that nobody can read are as if they were not there", async (t) => {
  const { store, clock } = await testHistory(t);
  const at = noon / minute;
  for (const [index, data] of ["{", "null", '{"accepted":-1}', "[]"].entries()) {
    await store.keep({ minute: at - index, data });
  }
  const { history, counters } = await testHistory(t, { store, clock });
  history.start();
  counters.accepted = 2;
  clock.pass(30_000);
  await history.tick();
  assert.deepEqual((await history.read("hour")).accepted.slice(-2), [null, 4]);
});

test("a week has no more points than its span, of many reasons only the first are told apart", async (t) => {
  const clock = new TestClock();
  const { history, counters } = await testHistory(t, { clock });
  const reasons = ["a", "b", "c", "d", "e", "f", "g"] as const;
  for (const [index, reason] of reasons.entries()) {
    for (let times = 0; times <= index; times++) counters.decisions.mx.refuse.add(reason);
  }
  clock.pass(minute);
  await history.tick();
  const { refused, times, accepted } = await history.read("week");
  assert.equal(times.length, 168);
  assert.equal(accepted.length, 168);
  assert.deepEqual(
    refused.map(({ reason, values }) => [reason, values.at(-1)]),
    [
      ["g", 7],
      ["f", 6],
      ["e", 5],
      ["d", 4],
      ["c", 3],
      ["others", 3],
    ],
  );
});

test("the live view has the rates of the last seconds", async (t) => {
  const { history, counters, clock } = await testHistory(t);
  counters.accepted = 20;
  counters.refused.add("full");
  counters.connections.mx.open = 4;
  clock.pass(4_000);
  const live = await history.now();
  assert.equal(live.seconds, 4);
  assert.equal(live.rates.accepted, 5);
  assert.equal(live.rates.refused, 0.25);
  assert.equal(live.connections.mx, 4);
  assert.equal(live.delivering, 3);
  assert.deepEqual(live.destinations, [{ name: "example.net", waiting: 2, active: 1 }]);
  assert.deepEqual(live.queue, { messages: 1, waiting: 0, held: 0 });
});
