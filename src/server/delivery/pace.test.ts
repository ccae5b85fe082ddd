import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaces } from "./pace.ts";

const minute = 60_000;
const rate = { amount: 3, period: minute };

function makePaces() {
  let now = 1_000;
  return { paceOf: createPaces(() => now), pass: (ms: number) => void (now += ms) };
}

test("so many at once, and then as they come back", () => {
  const { paceOf, pass } = makePaces();
  const pace = paceOf("a", rate);
  assert.equal(pace.left(), 3);
  for (let n = 0; n < 3; n++) pace.count();
  assert.equal(pace.left(), 0);
  assert.equal(pace.wait(), minute / 3);
  pass(minute / 3 - 1);
  assert.equal(pace.left(), 0);
  assert.equal(pace.wait(), 1);
  pass(1);
  assert.equal(pace.left(), 1);
  assert.equal(pace.wait(), 0);
});

test("the count outlives whoever counts, and is shared", () => {
  const { paceOf } = makePaces();
  paceOf("a", rate).count();
  assert.equal(paceOf("a", rate).left(), 2);
  assert.equal(paceOf("b", rate).left(), 3);
});

test("another rate begins anew, and none is no bound", () => {
  const { paceOf } = makePaces();
  for (let n = 0; n < 3; n++) paceOf("a", rate).count();
  assert.equal(paceOf("a", { amount: 5, period: minute }).left(), 5);
  assert.equal(paceOf("a", undefined).left(), Infinity);
});

test("what has flowed back is forgotten, and nothing else", () => {
  const { paceOf, pass } = makePaces();
  for (let n = 0; n < 500; n++) paceOf(`old ${n}`, rate).count();
  pass(minute);
  const pace = paceOf("kept", rate);
  pace.count();
  for (let n = 0; n < 1_000; n++) paceOf(`new ${n}`, rate).count();
  assert.equal(pace.left(), 2);
});
