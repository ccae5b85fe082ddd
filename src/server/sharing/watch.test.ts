import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { ChangeTopic } from "../../io/store/changes.ts";
import { watchSharing } from "./watch.ts";

function setStage(t: test.TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const counts = new Map<ChangeTopic, number>();
  const stage = {
    counts,
    calls: [] as string[],
    said: [] as string[],
    fails: new Set<string>(),
    term: 1 as number | undefined,
    gone: [] as { host: string; messages: number }[],
    async look() {
      t.mock.timers.tick(2_000);
      await turn();
    },
  };
  const call = async (name: string): Promise<void> => {
    stage.calls.push(name);
    if (stage.fails.has(name)) throw new Error("no answer");
  };
  const say = ({ event }: { readonly event?: string }) => void stage.said.push(event ?? "");
  const watch = watchSharing({
    sharing: {
      term: () => stage.term,
      async changes() {
        if (stage.fails.has("changes")) throw new Error("no answer");
        return new Map(counts);
      },
      takeOver: async () => stage.gone.splice(0),
    },
    refresh: {
      domains: () => call("domains"),
      bans: () => call("bans"),
      stops: () => call("stops"),
      queue: () => call("queue"),
      dkim: () => call("dkim"),
    },
    onOurs: () => void stage.calls.push("ours"),
    log: { info: say, warn: say, error: say },
  });
  t.after(() => watch.stop());
  return stage;
}

test("what was changed is read again, once", async (t) => {
  const stage = setStage(t);
  await stage.look();
  assert.deepEqual(stage.calls, []);
  stage.counts.set("bans", 3).set("queue", 1);
  await stage.look();
  await stage.look();
  stage.counts.set("bans", 4);
  await stage.look();
  assert.deepEqual(stage.calls, ["bans", "queue", "bans"]);
});

test("what could not be read is read at the next look, and the log is told once", async (t) => {
  const stage = setStage(t);
  stage.counts.set("stops", 1);
  stage.fails.add("stops");
  await stage.look();
  await stage.look();
  stage.fails = new Set(["changes"]);
  await stage.look();
  stage.fails.clear();
  await stage.look();
  assert.deepEqual(stage.calls, ["stops", "stops", "stops"]);
  assert.deepEqual(stage.said, ["store-unheard", "store-heard"]);
});

test("messages of hosts that are gone are taken over, unless we may be gone ourselves", async (t) => {
  const stage = setStage(t);
  stage.gone = [{ host: "a.test", messages: 2 }];
  stage.term = undefined;
  for (let looks = 0; looks < 3; looks++) await stage.look();
  assert.deepEqual(stage.calls, []);
  stage.term = 2;
  await stage.look();
  assert.deepEqual(stage.calls, ["ours", "ours"], "heard again, then taken over");
  assert.deepEqual(stage.said, ["took-over"]);
});
