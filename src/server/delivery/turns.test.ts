import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "./turns.ts";

function drain<Item>(turns: { shift(): Item | undefined }): readonly Item[] {
  const all: Item[] = [];
  for (let item = turns.shift(); item !== undefined; item = turns.shift()) all.push(item);
  return all;
}

test("flows take turns, each in its own order", () => {
  const turns = createTurns<string>();
  for (const item of ["a1", "a2", "a3", "b1", "c1", "b2"]) turns.push(item, item.slice(0, 1));
  assert.equal(turns.length, 6);
  assert.deepEqual(drain(turns), ["a1", "b1", "c1", "a2", "b2", "a3"]);
  assert.equal(turns.length, 0);
});

test("who comes while others are served waits for one turn of each at most", () => {
  const turns = createTurns<string>();
  for (let number = 0; number < 1_000; number++) turns.push(`a${number}`, "a");
  turns.shift();
  turns.push("b", "b");
  assert.equal([turns.shift(), turns.shift()].includes("b"), true);
});

test("what is put back is the very next", () => {
  const turns = createTurns<string>();
  turns.push("a", "a");
  turns.push("b", "b");
  const first = turns.shift() ?? assert.fail();
  turns.unshift(first);
  assert.equal(turns.length, 2);
  assert.deepEqual(drain(turns), ["a", "b"]);
});
