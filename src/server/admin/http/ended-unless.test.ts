import assert from "node:assert/strict";
import { test } from "node:test";
import { endedUnless } from "./ended-unless.ts";

const told = new TextEncoder().encode("told");

const unknown = () => Promise.reject(new Error("the store is away"));

function source() {
  let isCancelled = false;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: () => void (isCancelled = true),
  });
  return {
    body,
    tell: () => controller?.enqueue(told),
    fail: () => controller?.error(new Error("broken")),
    finish: () => controller?.close(),
    isCancelled: () => isCancelled,
  };
}

test("what goes on ends with the right to see it", async () => {
  const { body, tell, isCancelled } = source();
  let isGood = true;
  const reader = endedUnless(body, async () => isGood, 5).getReader();
  tell();
  assert.deepEqual(await reader.read(), { done: false, value: told });
  const next = reader.read();
  isGood = false;
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.ok(isCancelled());
});

test("and where that cannot be found out", async () => {
  const { body, isCancelled } = source();
  assert.equal((await endedUnless(body, unknown, 5).getReader().read()).done, true);
  assert.ok(isCancelled());
});

test("it ends and breaks as what it is made from, and nobody is asked any more", async () => {
  let asked = 0;
  const count = async () => ++asked > 0;
  const [finished, broken, left] = [source(), source(), source()];
  finished.finish();
  assert.equal((await endedUnless(finished.body, count, 5).getReader().read()).done, true);
  const reading = endedUnless(broken.body, count, 5).getReader().read();
  broken.fail();
  await assert.rejects(reading, /broken/);
  await endedUnless(left.body, count, 5).cancel();
  assert.ok(left.isCancelled());
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(asked, before);
});
