import assert from "node:assert/strict";
import { test } from "node:test";
import { scratchStore } from "./fixture.test.ts";

test("a minute has what was kept of it last", async (t) => {
  const { history } = await scratchStore(t);
  await history.keep({ minute: 29_000_001, data: "{}" });
  await history.keep({ minute: 29_000_001, data: '{"text":"it\'s"}' });
  await history.keep({ minute: 29_000_000, data: "[]" });
  assert.deepEqual(await history.read(29_000_000, 29_000_002), [
    { minute: 29_000_000, data: "[]" },
    { minute: 29_000_001, data: '{"text":"it\'s"}' },
  ]);
  assert.deepEqual(await history.read(29_000_002, 30_000_000), []);
  assert.equal((await history.read(29_000_000, 29_000_001)).length, 1);
});

test("only the latest minutes are kept, whatever the clock says", async (t) => {
  const { history } = await scratchStore(t);
  for (const minute of [5, 1, 3, 2, 4]) await history.keep({ minute, data: "{}" });
  assert.equal(await history.dropBeyond(5), 0);
  assert.equal(await history.dropBeyond(2), 3);
  const left = await history.read(0, 100);
  assert.deepEqual(
    left.map(({ minute }) => minute),
    [4, 5],
  );
});
