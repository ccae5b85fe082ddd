import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createMemoryBudget } from "../memory.ts";
import { createCollector } from "./collector.ts";

const chunkSize = 256 * 1024;

/** A store whose writes end when the test says so. */
function slowStore() {
  const writes: { chunk: Uint8Array; done: PromiseWithResolvers<void> }[] = [];
  const stash = (_sequence: number, chunk: Uint8Array): Promise<void> => {
    const done = Promise.withResolvers<void>();
    writes.push({ chunk: chunk.slice(), done });
    return done.promise;
  };
  return { writes, stash };
}

const patterned = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251);

test("small pieces come out whole, and the budget is even in the end", async () => {
  const sizes = fc.array(fc.nat(9_000), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sizes, async (lengths) => {
      const budget = createMemoryBudget(1_000_000);
      const collector = createCollector({ budget, stash: async () => {}, onDrain() {} });
      const pieces = lengths.map(patterned);
      for (const piece of pieces) collector.take(piece);
      const { problem, stashed, rest, reserved } = await collector.finish();
      assert.equal(problem, undefined);
      assert.equal(stashed, 0);
      assert.deepEqual(Buffer.concat(rest), Buffer.concat(pieces));
      assert.equal(budget.used, reserved);
      budget.release(reserved);
      assert.equal(budget.used, 0);
    }),
  );
});

test("full chunks go to the store, the client waits for them, and memory stays bounded", async () => {
  const budget = createMemoryBudget(10 * chunkSize);
  const { writes, stash } = slowStore();
  let drained = 0;
  const collector = createCollector({ budget, stash, onDrain: () => drained++ });
  const content = patterned(2 * chunkSize + 5);
  collector.take(content.subarray(0, chunkSize));
  assert.equal(collector.isFull(), false);
  collector.take(content.subarray(chunkSize));
  assert.equal(collector.isFull(), true);
  assert.ok(budget.used <= 3 * chunkSize);
  assert.equal(writes.length, 1, "none is there before the first");
  writes[0]?.done.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  writes[1]?.done.resolve();
  const { stashed, rest, reserved } = await collector.finish();
  assert.equal(drained, 1);
  assert.equal(stashed, 2);
  assert.deepEqual(
    Buffer.concat([...writes.map(({ chunk }) => chunk), ...rest]),
    Buffer.from(content),
  );
  budget.release(reserved);
  assert.equal(budget.used, 0);
});

test("a budget that is used up is a problem, and nothing of it is kept back", async () => {
  const budget = createMemoryBudget(10_000);
  const collector = createCollector({ budget, stash: async () => {}, onDrain() {} });
  collector.take(patterned(20_000));
  const { problem, reserved } = await collector.finish();
  assert.equal(problem?.kind, "memory");
  budget.release(reserved);
  assert.equal(budget.used, 0);
});

test("a store that fails is a problem at the end, whatever comes after", async () => {
  const budget = createMemoryBudget(10 * chunkSize);
  const failure = new Error("no space");
  const collector = createCollector({ budget, stash: () => Promise.reject(failure), onDrain() {} });
  collector.take(patterned(chunkSize));
  await new Promise((resolve) => setImmediate(resolve));
  collector.take(patterned(3 * chunkSize));
  const { problem, reserved } = await collector.finish();
  assert.deepEqual(problem, { kind: "store", error: failure });
  budget.release(reserved);
  assert.equal(budget.used, 0);
});

test("what is discarded takes no memory, and nothing more is taken", async () => {
  const budget = createMemoryBudget(10 * chunkSize);
  const { writes, stash } = slowStore();
  const collector = createCollector({ budget, stash, onDrain() {} });
  collector.take(patterned(chunkSize + 10));
  collector.discard();
  collector.take(patterned(2 * chunkSize));
  assert.equal(writes.length, 1);
  writes[0]?.done.resolve();
  const { stashed, reserved } = await collector.finish();
  assert.equal(stashed, 1, "the caller has to drop it");
  assert.equal(reserved, 0);
  assert.equal(budget.used, 0);
});
