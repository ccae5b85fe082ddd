import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { createSemaphore } from "./semaphore.ts";

test("never more at once than there are places, in order, failures included", async () => {
  const semaphore = createSemaphore(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = Array.from({ length: 20 }, (_, index) =>
    semaphore.run(async () => {
      begun.push(index);
      most = Math.max(most, ++running);
      await turn();
      running--;
      if (index % 4 === 0) throw new Error(`work ${index}`);
      return index;
    }),
  );
  const results = await Promise.allSettled(work);
  assert.equal(most, 3);
  assert.deepEqual(begun, [...begun.keys()]);
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 15);
});
