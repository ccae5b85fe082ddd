import assert from "node:assert/strict";
import test from "node:test";
import { createSilentNodes } from "./silent-nodes.ts";

/** Looks after so many milliseconds, with these heartbeats by number; tells who is gone. */
function startLooking(): (after: number, ...heartbeats: readonly number[]) => readonly number[] {
  let time = 0;
  const silent = createSilentNodes(() => time);
  return (after, ...heartbeats) => {
    time += after;
    const signs = heartbeats.map((heartbeat, number) => ({ number, heartbeat }));
    return silent.look(signs).map(({ number }) => number);
  };
}

test("a node is gone when its heartbeat stood still for a minute of looks", () => {
  const look = startLooking();
  assert.deepEqual(look(0, 7, 100), []);
  for (let looks = 1; looks < 6; looks++) assert.deepEqual(look(10_000, 7, 100 + looks), []);
  assert.deepEqual(look(9_999, 7, 200), []);
  assert.deepEqual(look(1, 7, 201), [0]);
  assert.deepEqual(look(1, 8, 202), [], "it is heard again");
});

test("a clock of the database that jumps is no sign of life or death, only a change", () => {
  const look = startLooking();
  look(0, 1_000);
  for (let looks = 0; looks < 3; looks++) look(15_000, 1_000);
  assert.deepEqual(look(15_000, 0), []);
  for (let looks = 0; looks < 3; looks++) assert.deepEqual(look(15_000, 0), []);
  assert.deepEqual(look(15_000, 0), [0]);
});

test("what happened while we were away ourselves does not count", () => {
  const look = startLooking();
  for (let looks = 0; looks < 4; looks++) look(15_000, 5);
  assert.deepEqual(look(600_000, 5), []);
  for (let looks = 0; looks < 3; looks++) assert.deepEqual(look(15_000, 5), []);
  assert.deepEqual(look(15_000, 5), [0]);
});
