import assert from "node:assert/strict";
import { test } from "node:test";
import { recipientsIn, sample, scratchStore } from "../fixture.test.ts";

test("the size of the queue is that of what waits or is held", async (t) => {
  const { messages } = await scratchStore(t);
  assert.deepEqual(await messages.size(), { messages: 0, waiting: 0, held: 0 });
  await messages.keep(sample(16, { recipients: recipientsIn("a.example", "b.example") }));
  await messages.keep(sample(32));
  await messages.hold({ ids: [32] });
  assert.deepEqual(await messages.size(), { messages: 2, waiting: 2, held: 1 });
  await messages.settle({
    id: 16,
    at: 5,
    peer: "",
    results: [{ index: 0, state: "delivered", said: "250 ok" }],
    finished: false,
  });
  assert.deepEqual(await messages.size(), { messages: 2, waiting: 1, held: 1 });
  await messages.remove({ ids: "all" });
  assert.deepEqual(await messages.size(), { messages: 0, waiting: 0, held: 0 });
});
