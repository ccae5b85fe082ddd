import assert from "node:assert/strict";
import { test } from "node:test";
import { type Expiring, startDeadlines } from "./deadlines.ts";

test("items expire at every look past their deadline, until they move it or leave", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let expired: string[] = [];
  let time = 0;
  const deadlines = startDeadlines({ now: () => time, interval: 100 });
  const item = (name: string, deadline: number) => ({
    deadline,
    expire: () => void expired.push(name),
  });
  const look = () => {
    expired = [];
    time += 100;
    context.mock.timers.tick(100);
    return expired;
  };
  const [early, late, moved] = [item("early", 100), item("late", 250), item("moved", 200)];
  const watched: readonly Expiring[] = [early, late, moved, item("never", Infinity)];
  for (const one of watched) deadlines.watch(one);
  assert.deepEqual(look(), ["early"]);
  moved.deadline = 400;
  early.deadline = 350;
  assert.deepEqual(look(), []);
  assert.deepEqual(look(), ["late"]);
  deadlines.unwatch(moved);
  assert.deepEqual(look(), ["early", "late"]);
  deadlines.unwatch(late);
  assert.deepEqual(look(), ["early"]);
  deadlines.stop();
  assert.deepEqual(look(), []);
});
