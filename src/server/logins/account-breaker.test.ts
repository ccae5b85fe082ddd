import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { StoppedAccount } from "../../io/store/stop-store.ts";
import { AccountBreaker } from "./account-breaker.ts";

const bounds = {
  messages: [{ amount: 1, period: 60_000 }],
  recipients: [],
  refused: 100,
  refusedShare: 1,
};
const quiet = { info() {}, warn() {}, error() {} };

test("who is stopped and released by other hosts is so here, once that is read", async () => {
  const kept = new Map<string, StoppedAccount>();
  let isDown = false;
  const breaker = new AccountBreaker({
    bounds,
    stopped: [],
    stops: {
      async stop(stopped) {
        if (isDown) throw new Error("no answer");
        kept.set(stopped.account, stopped);
      },
      release: async (account) => kept.delete(account),
      list: async () => [...kept.values()],
    },
    messages: { hold: async () => 0 },
    clock: { now: () => 5, elapsed: () => 5 },
    log: quiet,
  });
  kept.set("a@x.test", { account: "a@x.test", since: 1, why: "stopped elsewhere" });
  await breaker.reread();
  assert.match(breaker.told("a@x.test") ?? "", /^stopped elsewhere/);

  isDown = true;
  for (let count = 0; count < 3; count++) breaker.count("messages", "b@x.test");
  await turn();
  await breaker.reread();
  assert.ok(breaker.told("b@x.test"), "what the store does not have yet is not forgotten");

  kept.delete("a@x.test");
  await breaker.reread();
  assert.equal(breaker.told("a@x.test"), undefined);
  breaker.close();
});
