import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes, type Topic } from "./changes.ts";
import { createEventStream } from "./event-stream.ts";

test("each hears once of what it asked for, and nothing after it has ended", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const changes = new Changes(100);
  const heard: (readonly Topic[])[] = [];
  changes.tell("queue");
  const stop = changes.listen(new Set<Topic>(["queue", "bans"]), (each) => heard.push(each));
  for (let count = 0; count < 1000; count++) changes.tell("queue");
  changes.tell("decisions");
  assert.deepEqual(heard, []);
  t.mock.timers.tick(1_000);
  assert.deepEqual(heard, [["queue"]]);
  changes.tell("decisions");
  t.mock.timers.tick(1_000);
  assert.equal(heard.length, 1);
  changes.tell("bans");
  stop();
  t.mock.timers.tick(1_000);
  assert.equal(heard.length, 1);
});

test("what changed before somebody listened is known", () => {
  const changes = new Changes(100);
  const wanted = new Set<Topic>(["queue", "bans"]);
  changes.tell("queue");
  const { count } = changes;
  assert.deepEqual(changes.since(count, wanted), []);
  assert.deepEqual(changes.since(0, wanted), ["queue"]);
  changes.tell("decisions");
  assert.deepEqual(changes.since(count, wanted), []);
  changes.tell("bans");
  assert.deepEqual(changes.since(count, wanted), ["bans"]);
  assert.deepEqual(new Changes(0).since(count, wanted), ["queue", "bans"], "another server's");
});

test("a stream tells its end, keeps no more than a bound, and takes nothing afterwards", async () => {
  let ends = 0;
  const stream = createEventStream(() => ends++);
  for (let count = 0; count < 10_000; count++) stream.send("changed", "queue");
  const reader = stream.body.getReader();
  const first = await reader.read();
  assert.equal(Buffer.from(first.value ?? []).toString(), "retry: 2000\n\n");
  const second = await reader.read();
  assert.equal(Buffer.from(second.value ?? []).toString(), "event: changed\ndata: queue\n\n");
  let left = 0;
  void (async () => {
    for (;;) {
      const { done } = await reader.read();
      if (done) return;
      left++;
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(left < 110, `${left} were kept`);
  await reader.cancel();
  assert.equal(ends, 1);
  stream.send("changed", "queue");
});
