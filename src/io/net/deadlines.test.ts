import assert from "node:assert/strict";
import { test } from "node:test";
import { type Expiring, startDeadlines } from "./deadlines.ts";

test("items expire once, when their deadline has passed, and may move it before", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const expired: string[] = [];
  let time = 0;
  const deadlines = startDeadlines({ now: () => time, interval: 100 });
  const item = (name: string, deadline: number) => ({
    deadline,
    expire: () => void expired.push(name),
  });
  const tick = (ms: number) => {
    time += ms;
    context.mock.timers.tick(ms);
  };
  const [early, late, moved] = [item("early", 100), item("late", 250), item("moved", 200)];
  const watched: readonly Expiring[] = [early, late, moved, item("never", Infinity)];
  for (const one of watched) deadlines.watch(one);
  tick(100);
  assert.deepEqual(expired, ["early"]);
  moved.deadline = 400;
  tick(100);
  assert.deepEqual(expired, ["early"]);
  tick(100);
  assert.deepEqual(expired, ["early", "late"]);
  deadlines.unwatch(moved);
  tick(200);
  assert.deepEqual(expired, ["early", "late"]);
  deadlines.watch(early);
  deadlines.stop();
  tick(200);
  assert.deepEqual(expired, ["early", "late"]);
});
