import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { createFairSemaphore } from "./fair-semaphore.ts";

/** Work that waits until it is let go. */
function stage(places: { readonly all: number; readonly each: number }) {
  const semaphore = createFairSemaphore(places);
  const running: { readonly name: string; readonly end: () => void }[] = [];
  const ask = (name: string, asker: string) =>
    semaphore.run(asker, () => new Promise<void>((end) => running.push({ name, end })));
  const names = () => running.map(({ name }) => name);
  const end = async (name: string) => {
    const index = running.findIndex((each) => each.name === name);
    running.splice(index, 1)[0]!.end();
    await turn();
  };
  return { ask, names, end };
}

test("never more at once than there are places, failures included", async () => {
  const semaphore = createFairSemaphore({ all: 3, each: 2 });
  let running = 0;
  let most = 0;
  const work = Array.from({ length: 40 }, (_, index) =>
    semaphore.run(`asker ${index % 3}`, async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
      if (index % 4 === 0) throw new Error(`work ${index}`);
    }),
  );
  const results = await Promise.allSettled(work);
  assert.equal(most, 3);
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 30);
});

test("whoever asks for much leaves places to others, and does not come first again", async () => {
  const { ask, names, end } = stage({ all: 4, each: 3 });
  for (const index of [1, 2, 3, 4, 5]) void ask(`much ${index}`, "much");
  await turn();
  assert.deepEqual(names(), ["much 1", "much 2", "much 3"]);
  void ask("one", "one");
  void ask("other", "other");
  await turn();
  assert.deepEqual(names(), ["much 1", "much 2", "much 3", "one"]);
  await end("much 1");
  await end("much 2");
  assert.deepEqual(names().toSorted(), ["much 3", "much 4", "one", "other"]);
  await end("other");
  assert.deepEqual(names().toSorted(), ["much 3", "much 4", "much 5", "one"]);
});

test("a place that nobody may have yet is free for the next who asks", async () => {
  const { ask, names, end } = stage({ all: 2, each: 1 });
  void ask("a 1", "a");
  void ask("a 2", "a");
  void ask("b 1", "b");
  await turn();
  await end("b 1");
  assert.deepEqual(names(), ["a 1"]);
  void ask("c 1", "c");
  await turn();
  assert.deepEqual(names(), ["a 1", "c 1"]);
  await end("a 1");
  assert.deepEqual(names(), ["c 1", "a 2"]);
});
