import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createTurns } from "./turns.ts";

const elapsed = () => performance.now();

/** Work that notes how much of it runs at once. */
function counted() {
  const seen = { running: 0, most: 0, done: 0 };
  const work = async (): Promise<string> => {
    seen.most = Math.max(seen.most, ++seen.running);
    await delay(20);
    seen.running--;
    seen.done++;
    return "done";
  };
  return { seen, work };
}

test("strangers come one after the other, and what they ask is done", async () => {
  const turns = createTurns(elapsed);
  const { seen, work } = counted();
  const done = await Promise.all(Array.from({ length: 5 }, () => turns.ofStranger(work)));
  assert.deepEqual(
    done,
    Array.from({ length: 5 }, () => "done"),
  );
  assert.equal(seen.most, 1);
});

test("users who are known need not wait for strangers, and strangers make pauses for them", async () => {
  const turns = createTurns(elapsed);
  const strangers = counted();
  const flood = Array.from({ length: 50 }, () => turns.ofStranger(strangers.work));
  for (let count = 0; count < 10; count++) {
    assert.equal(await turns.ofKnown(counted().work), "done");
  }
  // Ten times 20 ms: with pauses of 60 ms, three or four strangers had their turn, without, ten.
  assert.ok(strangers.seen.done <= 6, `${strangers.seen.done} strangers had their turn`);
  void flood;
});

test("a flood of strangers is told to come back", async () => {
  const turns = createTurns(elapsed);
  const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
  const all = Array.from({ length: 150 }, () => turns.ofStranger(() => stuck.then(() => "done")));
  const soon = await Promise.race([all[149], delay(1000).then(() => "still waiting")]);
  assert.equal(soon, undefined);
  release();
  const done = await Promise.all(all);
  assert.equal(done.filter((each) => each === "done").length, 101);
});

test("work that fails frees its place", async () => {
  const turns = createTurns(elapsed);
  await assert.rejects(
    turns.ofStranger(() => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(await turns.ofStranger(async () => "done"), "done");
});
