import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnswerCache } from "./cache.ts";

test("the oldest answer makes room for a new one", async () => {
  const cache = createAnswerCache<number>({ now: () => 0, capacity: 2 });
  const found: string[] = [];
  const get = (key: string) =>
    cache.get(key, async () => {
      found.push(key);
      return { answer: key.length, lifetime: 1000 };
    });
  for (const key of ["a", "bb", "ccc", "bb", "ccc", "a"]) assert.equal(await get(key), key.length);
  assert.deepEqual(found, ["a", "bb", "ccc", "a"]);
});

const failing = () => Promise.reject(new Error("broken"));

test("a failure is shared, but not remembered", async () => {
  const cache = createAnswerCache<number>({ now: () => 0, capacity: 2 });
  const both = [cache.get("a", failing), cache.get("a", async () => ({ answer: 1, lifetime: 1 }))];
  for (const result of both) await assert.rejects(result, /broken/);
  assert.equal(await cache.get("a", async () => ({ answer: 2, lifetime: 1 })), 2);
});
