import assert from "node:assert/strict";
import { test } from "node:test";
import { createHostHealth } from "./host-health.ts";
import type { Candidate } from "./opening.ts";

const minute = 60_000;
const first = { name: "a.example", address: "192.0.2.1", port: 25 };
const second = { name: "b.example", address: "192.0.2.2", port: 25 };
const other = { name: "a.example", address: "192.0.2.1", port: 587 };

function makeHealth() {
  let now = 5;
  const health = createHostHealth(() => now);
  const order = () =>
    health.order([first, second, other]).map(({ address, port }) => `${address}:${port}`);
  const failed = (one: Candidate) => health.failed(one);
  const answered = (one: Candidate) => health.answered(one);
  const silent = () => health.silent();
  return { failed, answered, order, silent, pass: (ms: number) => void (now += ms) };
}

const asGiven = ["192.0.2.1:25", "192.0.2.2:25", "192.0.2.1:587"];
const firstLast = ["192.0.2.2:25", "192.0.2.1:587", "192.0.2.1:25"];

test("a host that did not answer is tried behind the others, for a while", () => {
  const { order, failed, pass } = makeHealth();
  assert.deepEqual(order(), asGiven);
  failed(first);
  assert.deepEqual(order(), firstLast);
  pass(minute - 1);
  assert.deepEqual(order(), firstLast);
  pass(1);
  assert.deepEqual(order(), asGiven, "one finds out how it is");
  assert.deepEqual(order(), firstLast, "and the others do not wait for that");
});

test("for longer each time that it goes on being silent, and never for long", () => {
  const { order, failed, pass } = makeHealth();
  // Many find out at once, which says it once.
  for (let n = 0; n < 20; n++) failed(first);
  for (const minutes of [1, 2, 4, 8, 10, 10]) {
    pass(minutes * minute - 1);
    assert.deepEqual(order(), firstLast, `${minutes}`);
    pass(1);
    assert.deepEqual(order(), asGiven, `${minutes}`);
    failed(first);
  }
});

test("one that answers is as good as ever", () => {
  const { order, failed, answered, pass } = makeHealth();
  failed(first);
  pass(minute);
  assert.deepEqual(order(), asGiven);
  answered(first);
  assert.deepEqual(order(), asGiven);
  failed(first);
  pass(minute);
  assert.deepEqual(order(), asGiven, "the first silence is a short one again");
});

test("where all are silent, they are tried in their order", () => {
  const { order, failed } = makeHealth();
  for (const one of [second, first, other]) failed(one);
  assert.deepEqual(order(), asGiven);
});

test("who is silent can be seen, until it is tried again or has answered", () => {
  const { failed, answered, silent, pass } = makeHealth();
  assert.deepEqual(silent(), []);
  failed(first);
  pass(20_000);
  failed(second);
  assert.deepEqual(silent(), [
    { ...first, left: 40_000 },
    { ...second, left: minute },
  ]);
  answered(second);
  pass(40_000);
  assert.deepEqual(silent(), []);
});
