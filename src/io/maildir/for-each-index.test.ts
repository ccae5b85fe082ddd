import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { forEachIndex } from "./for-each-index.ts";

test("each number has its turn, so many at once", async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await forEachIndex(20, 3, async (index) => {
    most = Math.max(most, ++running);
    await turn();
    done.push(index);
    running--;
  });
  assert.deepEqual(
    done,
    Array.from({ length: 20 }, (_, index) => index),
  );
  assert.equal(most, 3);
});

test("nothing is nothing", async () => {
  await forEachIndex(0, 3, () => assert.fail());
});

test("after an error nothing more begins", async () => {
  const begun: number[] = [];
  const work = forEachIndex(100, 2, async (index) => {
    begun.push(index);
    await turn();
    if (index === 1) throw new Error("no disk");
  });
  await assert.rejects(work, /no disk/);
  await turn();
  assert.ok(begun.length <= 4, String(begun));
});
