import assert from "node:assert/strict";
import { test } from "node:test";
import { seldom } from "./seldom.ts";

function stage(took: number) {
  const stageNow = { now: 0, asked: 0, fails: false };
  const ask = async () => {
    stageNow.asked++;
    await Promise.resolve();
    stageNow.now += took;
    if (stageNow.fails) throw new Error("no store");
    return stageNow.asked;
  };
  return Object.assign(stageNow, { read: seldom(ask, () => stageNow.now) });
}

test("those who ask at once share an answer, which is good for two seconds", async () => {
  const store = stage(1);
  assert.deepEqual(await Promise.all([store.read(), store.read()]), [1, 1]);
  store.now += 1_999;
  assert.equal(await store.read(), 1);
  store.now += 1;
  assert.equal(await store.read(), 2);
});

test("what took long is not asked again for a hundred times as long", async () => {
  const store = stage(500);
  assert.equal(await store.read(), 1);
  store.now += 49_999;
  assert.equal(await store.read(), 1);
  store.now += 1;
  assert.equal(await store.read(), 2);
});

test("a store that does not say is asked again", async () => {
  const store = stage(1);
  store.fails = true;
  assert.equal(await store.read(), undefined);
  store.fails = false;
  assert.equal(await store.read(), undefined);
  store.now += 2_000;
  assert.equal(await store.read(), 2);
});
