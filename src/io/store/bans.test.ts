import assert from "node:assert/strict";
import test from "node:test";
import type { Ban } from "../../core/guessing/ban.ts";
import { parseIp, parsePrefix } from "../../core/mail/ip.ts";
import { sample, scratchPlace, scratchStore, sharing } from "./fixture.test.ts";
import { openStore } from "./open.ts";

const prefix = parsePrefix("2001:db8::/48") ?? assert.fail();
const client = parseIp("192.0.2.1") ?? assert.fail();

const ban: Ban = {
  prefix,
  reason: "names",
  note: "",
  since: 1,
  until: 2,
  times: 3,
  evidence: { guesses: 4, names: ["alice", "bob'); DROP"], last: 5 },
};

test("bans are there after a restart, the later in place of the earlier", async (t) => {
  const place = await scratchPlace(t);
  const store = await openStore(place, sharing("a.test"));
  await store.bans.keep([ban, { ...ban, until: null, note: "enough" }]);
  await store.bans.keep([]);
  await store.close();
  const { bans } = await scratchStore(t, place);
  assert.deepEqual(await bans.list(), [{ ...ban, until: null, note: "enough" }]);
  await bans.drop([prefix]);
  assert.deepEqual(await bans.list(), []);
});

test("known addresses are kept until they are old", async (t) => {
  const { bans } = await scratchStore(t);
  await bans.keepKnown([
    { user: "alice", client, lastGood: 1 },
    { user: "alice", client, lastGood: 5 },
    { user: "bob", client, lastGood: 2 },
  ]);
  await bans.dropKnownBefore(5);
  assert.deepEqual(await bans.listKnown(), [{ user: "alice", client, lastGood: 5 }]);
});

test("an account is stopped once, until it is released", async (t) => {
  const { stops } = await scratchStore(t);
  await stops.stop({ account: "alice@example.org", since: 1, why: "too much" });
  await stops.stop({ account: "alice@example.org", since: 2, why: "again" });
  assert.deepEqual(await stops.list(), [
    { account: "alice@example.org", since: 1, why: "too much" },
  ]);
  assert.equal(await stops.release("alice@example.org"), true);
  assert.equal(await stops.release("alice@example.org"), false);
  assert.deepEqual(await stops.list(), []);
});

test("a queued message knows its login, and can be held by it", async (t) => {
  const { messages } = await scratchStore(t);
  const origin = { client: "192.0.2.1", hello: "client.example", listener: "submission" };
  await messages.keep(sample(1, { origin: { ...origin, login: "alice@example.org" } }));
  await messages.keep(sample(2, { origin }));
  assert.equal(await messages.hold({ ids: "all", login: "alice@example.org" }), 1);
  assert.equal((await messages.show(1))?.origin.login, "alice@example.org");
  assert.equal((await messages.show(1))?.recipients[0]?.state, "held");
  assert.equal((await messages.show(2))?.recipients[0]?.state, "waiting");
  const list = await messages.list({ login: "alice@example.org" }, { after: 0, limit: 9 });
  assert.deepEqual(
    list.map(({ id }) => id),
    [1],
  );
});
