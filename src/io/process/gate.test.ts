import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createGate } from "./gate.ts";

/** Work that ends when it is told to, and notes that it was begun. */
function holdable(begun: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = (): Promise<string> => {
    begun.push(name);
    return promise;
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

test("so many are let in, so many wait in their order, and the rest is turned away", async () => {
  const gate = createGate({ places: 2, waiting: 2, patience: 10_000 });
  const begun: string[] = [];
  const all = ["a", "b", "c", "d", "e"].map((name) => holdable(begun, name));
  const results = all.map(({ work }) => gate.run(work));
  assert.deepEqual(await results[4], { ok: false, problem: "busy" });
  assert.deepEqual(begun, ["a", "b"]);
  all[1]?.end();
  assert.deepEqual(await results[1], { ok: true, value: "b" });
  assert.deepEqual(begun, ["a", "b", "c"]);
  for (const { end } of all) end();
  await Promise.all(results);
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});

test("who has waited long enough is turned away, and leaves no place behind", async () => {
  const gate = createGate({ places: 1, waiting: 5, patience: 20 });
  const begun: string[] = [];
  const first = holdable(begun, "first");
  const running = gate.run(first.work);
  const late = ["x", "y"].map((name) => gate.run(holdable(begun, name).work));
  for (const result of await Promise.all(late)) {
    assert.deepEqual(result, { ok: false, problem: "busy" });
  }
  first.end();
  await running;
  const next = holdable(begun, "next");
  next.end();
  assert.deepEqual(await gate.run(next.work), { ok: true, value: "next" });
  await delay(0);
  assert.deepEqual(begun, ["first", "next"]);
});

test("work that fails frees its place", async () => {
  const gate = createGate({ places: 1, waiting: 1, patience: 10_000 });
  const begun: string[] = [];
  const bad = holdable(begun, "bad");
  const failing = gate.run(bad.work);
  const waiting = gate.run(() => Promise.resolve("after"));
  bad.fail();
  await assert.rejects(failing, /bad/);
  assert.deepEqual(await waiting, { ok: true, value: "after" });
});
