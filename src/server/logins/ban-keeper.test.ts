import assert from "node:assert/strict";
import test from "node:test";
import { type Ban, sentence } from "../../core/guessing/ban.ts";
import { parseIp, parsePrefix } from "../../core/mail/ip.ts";
import type { BanStore } from "../../io/store/ban-store.ts";
import { scratchStore } from "../../io/store/fixture.test.ts";
import { BanKeeper } from "./ban-keeper.ts";

function ban(text: string, since = 1): Ban {
  const prefix = parsePrefix(text) ?? assert.fail(text);
  const evidence = { guesses: 1, names: [], last: null };
  return sentence({ prefix, reason: "guesses", evidence }, undefined, { lengths: [5], utc: since });
}

const quiet = { info() {}, warn() {}, error() {} };

test("what was noted is in the store after the close, the last word on each prefix", async (t) => {
  const { bans } = await scratchStore(t);
  const keeper = new BanKeeper({ store: bans, now: () => 0, log: quiet });
  const all = Array.from({ length: 250 }, (_, index) => ban(`192.0.2.${index}`));
  keeper.note({ kept: all, dropped: [] });
  keeper.note({ kept: [ban("192.0.2.0", 9)], dropped: [all[1]!.prefix] });
  const client = parseIp("192.0.2.1") ?? assert.fail();
  keeper.noteKnown({ user: "alice", client, lastGood: 3 });
  await keeper.close();
  const kept = await bans.list();
  assert.equal(kept.length, 249);
  assert.equal(kept.at(-1)?.since, 9);
  assert.deepEqual(await bans.listKnown(), [{ user: "alice", client, lastGood: 3 }]);
});

test("a store that fails is told of once, and gets it all when it can again", async (t) => {
  const { bans } = await scratchStore(t);
  let isDown = true;
  const flaky: BanStore = {
    ...bans,
    keep: (some) => (isDown ? Promise.reject(new Error("disk full")) : bans.keep(some)),
  };
  const said: string[] = [];
  const say = (_: object, text: string) => void said.push(text);
  const log = { info: say, warn: say, error: say };
  const keeper = new BanKeeper({ store: flaky, now: () => 0, log });
  keeper.note({ kept: [ban("192.0.2.1")], dropped: [] });
  await assert.rejects(keeper.flush(), /disk full/);
  await assert.rejects(keeper.flush(), /disk full/);
  isDown = false;
  await keeper.close();
  assert.equal((await bans.list()).length, 1);
  assert.deepEqual(said, [
    "bans hold, but a restart would forget the latest: disk full",
    "bans are kept again",
  ]);
});
