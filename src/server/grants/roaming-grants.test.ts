import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { scratchPath, scratchStore } from "../../io/store/fixture.test.ts";
import type { GrantStore } from "../../io/store/grant-store.ts";
import { openStore } from "../../io/store/open.ts";
import { type IpAddress, isLoopback } from "../../core/mail/ip.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import {
  ann,
  bob,
  handClock,
  home,
  hostOn,
  hour,
  ip,
  liveAt,
  loginAt,
  usual,
} from "./fixture.test.ts";

suite("a restart", () => {
  test("keeps grants, those with an open session elsewhere as well", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const before = hostOn(t, store.grants, { clock });
    await before.start();
    const away = ip("203.0.113.10");
    await before.opened(loginAt(clock));
    await before.opened(loginAt(clock, { client: away, session: "d" }));
    await before.flush();
    // A crash: nobody closes anything.
    clock.pass(hour);
    const after = hostOn(t, store.grants, { clock });
    await after.start();
    assert.deepEqual(liveAt(after), [ann]);
    clock.pass(2 * hour);
    assert.deepEqual(liveAt(after), []);
    clock.pass(20 * hour);
    assert.deepEqual(liveAt(after, away), [ann]);
    assert.equal(await after.closed({ source: "dovecot", session: "d", at: clock.now() }), true);
    clock.pass(3 * hour);
    assert.deepEqual(liveAt(after, away), []);
  });

  test("ends sessions with us as of the last sign of life", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const before = hostOn(t, store.grants, { clock });
    await before.start();
    await before.opened(loginAt(clock, { source: "pop3", session: "p" }));
    await before.flush();
    clock.pass(5 * hour);
    await store.grants.mark("", clock.now());
    clock.pass(2 * hour);
    const after = hostOn(t, store.grants, { clock });
    await after.start();
    assert.deepEqual(liveAt(after), [ann]);
    clock.pass(hour);
    assert.deepEqual(liveAt(after), []);
  });

  test("with a store that was written long ago forgets what is over", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const before = hostOn(t, store.grants, { clock });
    await before.start();
    await before.opened(loginAt(clock));
    before.countUse(home, ann);
    await before.close();
    clock.pass(100 * 24 * hour);
    const after = hostOn(t, store.grants, { clock });
    await after.start();
    await after.sweep();
    assert.deepEqual(after.list(), []);
    assert.deepEqual(await after.uses("2000-01-01"), []);
    const { grants } = await store.grants.changedSince({ version: 0, id: "" }, 9);
    assert.deepEqual(grants, []);
  });
});

suite("a clock that is set", () => {
  for (const step of [-30 * 24 * hour, 30 * 24 * hour]) {
    test(`by ${step / hour} hours neither ends a grant nor prolongs it`, async (t) => {
      const store = await scratchStore(t);
      const clock = handClock();
      const grants = hostOn(t, store.grants, { clock });
      await grants.start();
      await grants.opened(loginAt(clock));
      clock.set(step);
      await grants.opened(loginAt(clock, { account: bob, client: ip("203.0.113.10") }));
      clock.pass(3 * hour - 1);
      assert.deepEqual(liveAt(grants), [ann]);
      assert.deepEqual(liveAt(grants, ip("203.0.113.10")), [bob]);
      clock.pass(1);
      assert.deepEqual(liveAt(grants), []);
      // What people are told is by the clock that they see.
      const standing = grants.standing(home);
      assert.ok(standing.known && standing.value?.kind === "grants");
      assert.equal(standing.value.over[0]?.expiredAt, clock.now());
      // After a restart under the new clock nothing lives longer than its lifetime.
      await grants.sweep();
      await grants.close();
      const after = hostOn(t, store.grants, { clock });
      await after.start();
      clock.pass(3 * hour);
      assert.deepEqual([liveAt(after), liveAt(after, ip("203.0.113.10"))], [[], []]);
    });
  }
});

function flaky(store: GrantStore) {
  const state = { isDown: true };
  const or = <Result>(work: () => Promise<Result>): Promise<Result> =>
    state.isDown ? Promise.reject(new Error("disk full")) : work();
  const grants: GrantStore = {
    ...store,
    keep: (some, node) => or(() => store.keep(some, node)),
    revoke: (ids, at) => or(() => store.revoke(ids, at)),
    changedSince: (place, limit) => or(() => store.changedSince(place, limit)),
    count: (uses) => or(() => store.count(uses)),
    mark: (node, value) => or(() => store.mark(node, value)),
  };
  return { state, grants };
}

suite("a store that is down", () => {
  test("while it runs: grants hold, and are written when it can again", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const said: string[] = [];
    const { state, grants } = flaky(store.grants);
    state.isDown = false;
    const host = hostOn(t, grants, { clock, said });
    await host.start();
    state.isDown = true;
    assert.deepEqual(await host.opened(loginAt(clock)), { granted: true, isNew: true });
    host.countUse(home, ann);
    host.countUse(home, ann);
    await assert.rejects(host.flush(), /disk full/);
    await assert.rejects(host.revoke({ name: ann }), /disk full/);
    assert.deepEqual(liveAt(host), []);
    state.isDown = false;
    await host.flush();
    assert.deepEqual(said, [
      "reading mail lets it relay",
      "grants hold, but a restart would forget the latest: disk full",
      "grants are kept again",
    ]);
    const after = hostOn(t, store.grants, { clock });
    await after.start();
    assert.equal(after.list()[0]?.revokedAt, clock.now());
    assert.equal((await after.uses("2000-01-01"))[0]?.messages, 2);
  });

  test("at the start: it is not known who relays, until it can be read", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const before = hostOn(t, store.grants, { clock });
    await before.start();
    await before.opened(loginAt(clock));
    await before.close();
    const { state, grants } = flaky(store.grants);
    const said: string[] = [];
    const host = hostOn(t, grants, { clock, said });
    await host.start();
    assert.equal(liveAt(host), "grants are still being read from the store");
    // Who logs in meanwhile relays at once.
    await host.opened(loginAt(clock, { client: ip("203.0.113.10") }));
    assert.deepEqual(liveAt(host, ip("203.0.113.10")), [ann]);
    state.isDown = false;
    await waitUntil("the grants are read", () => liveAt(host)[0] === ann);
    assert.match(said[0] ?? "", /grants cannot be read/);
    assert.equal(said.at(-1), "grants are read again");
  });

  test("that hangs holds no start up", async (t) => {
    const store = await scratchStore(t);
    const hung = Promise.withResolvers<never>();
    hung.promise.catch(() => {});
    const grants = { ...store.grants, marks: () => hung.promise };
    const host = hostOn(t, grants);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const started = host.start();
    t.mock.timers.tick(5_000);
    await started;
    t.mock.timers.reset();
    assert.equal(liveAt(host), "grants are still being read from the store");
    hung.reject(new Error("closed"));
  });

  test("that was closed: what comes afterwards holds in memory", async (t) => {
    const store = await openStore({ path: await scratchPath(t) });
    const clock = handClock();
    const host = hostOn(t, store.grants, { clock });
    await host.start();
    await store.close();
    assert.equal((await host.opened(loginAt(clock))).granted, true);
    await assert.rejects(host.flush(), { name: "StoreError", kind: "closed" });
    assert.deepEqual(liveAt(host), [ann]);
  });
});

suite("hosts that share a store", () => {
  test("see each other's grants, ends and revocations within 2 seconds", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const [one, two] = ["one", "two"].map((node) =>
      hostOn(t, store.grants, { clock, node, isShared: true }),
    );
    assert.ok(one && two);
    await Promise.all([one.start(), two.start()]);
    await one.opened(loginAt(clock, { session: "s" }));
    const started = performance.now();
    await waitUntil("the other host knows", () => liveAt(two)[0] === ann);
    assert.ok(performance.now() - started < 15_000);
    clock.pass(20 * hour);
    await one.opened(loginAt(clock, { client: ip("203.0.113.10") }));
    await one.closed({ source: "dovecot", session: "s", at: clock.now() });
    await one.flush();
    clock.pass(3 * hour - 1);
    await waitUntil("the end is known", () => two.list().some(({ endedAt }) => endedAt !== null));
    assert.deepEqual(liveAt(two), [ann]);
    clock.pass(1);
    assert.deepEqual(liveAt(two), []);
    // A revocation at the one host of what the other has granted.
    await one.opened(loginAt(clock, { session: "t" }));
    await waitUntil("the other host knows again", () => liveAt(two)[0] === ann);
    await two.revoke({ client: home });
    await waitUntil("the first knows of the revocation", () => liveAt(one).length === 0);
    assert.equal((await one.opened(loginAt(clock, { session: "t" }))).granted, false);
    await one.flush();
    await two.opened(loginAt(clock, { account: bob }));
    await waitUntil("the new one is known", () => liveAt(one)[0] === bob);
  });

  test("end the connections of one that has gone, and come back to it", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    const one = hostOn(t, store.grants, { clock, node: "one", isShared: true });
    await one.start();
    await one.opened(loginAt(clock, { source: "pop3", session: "p" }));
    await one.flush();
    const two = hostOn(t, store.grants, { clock, node: "two", isShared: true });
    await two.start();
    clock.pass(10 * hour);
    assert.deepEqual(liveAt(two), [ann]);
    // Nothing more is heard of it than what was there.
    await two.look();
    assert.deepEqual(liveAt(two), []);
    await one.opened(loginAt(clock, { source: "pop3", session: "q" }));
    await one.flush();
    await waitUntil("it is heard of again", () => liveAt(two)[0] === ann);
  });

  test("do not know what others granted while the store is silent", async (t) => {
    const store = await scratchStore(t);
    const clock = handClock();
    let isDown = false;
    const changedSince: GrantStore["changedSince"] = (place, limit) =>
      isDown ? Promise.reject(new Error("gone away")) : store.grants.changedSince(place, limit);
    const grants = { ...store.grants, changedSince };
    const host = hostOn(t, grants, { clock, node: "one", isShared: true });
    await host.start();
    await host.opened(loginAt(clock));
    isDown = true;
    clock.pass(11_000);
    await assert.rejects(host.look());
    assert.equal(
      liveAt(host, ip("203.0.113.10")),
      "the store does not say what other hosts have granted",
    );
    assert.deepEqual(liveAt(host), [ann]);
    isDown = false;
    await host.look();
    assert.deepEqual(liveAt(host, ip("203.0.113.10")), []);
  });
});

function barsLoopback(client: IpAddress): string | undefined {
  return isLoopback(client) ? "loopback" : undefined;
}

function refused(why: string) {
  return { granted: false, why };
}

suite("where nothing is granted", () => {
  test("barred addresses, excluded accounts, and hosts without roaming", async (t) => {
    const { grants: store } = await scratchStore(t);
    const clock = handClock();
    const roaming = { ...usual, exclude: [bob, "example.net"] };
    const bars = barsLoopback;
    const host = hostOn(t, store, { clock, roaming, bars });
    await host.start();
    const open = (more: object) => host.opened(loginAt(clock, more));
    assert.deepEqual(await open({ client: ip("127.0.0.1") }), refused("loopback"));
    assert.deepEqual(
      await open({ account: "Bob@Example.org" }),
      refused(`${bob} is in relay.roaming.exclude`),
    );
    assert.deepEqual(
      await open({ account: "zoe@example.net" }),
      refused("example.net is in relay.roaming.exclude"),
    );
    await open({});
    assert.deepEqual(liveAt(host), [ann]);
    host.renew({ roaming: { ...usual, exclude: [ann] }, bars });
    assert.deepEqual(liveAt(host), []);
    host.renew({ roaming: undefined, bars });
    assert.deepEqual(liveAt(host), []);
    const off = "relay.roaming is not in the configuration";
    assert.deepEqual(await open({}), refused(off));
    assert.equal(host.barOf({ client: home, account: ann }), off);
    host.renew({ roaming: usual, bars: () => "everybody is a proxy" });
    assert.deepEqual(liveAt(host), []);
    assert.equal(host.mayHold(home), false);
    host.renew({ roaming: { ...usual, lifetime: hour }, bars });
    clock.pass(hour);
    assert.deepEqual(liveAt(host), []);
  });
});

function address(index: number): IpAddress {
  return { version: 4, octets: [10, index >> 16, (index >> 8) & 255, index & 255] };
}

test("100,000 grants are there after a restart, and one more comes and goes at once", async (t) => {
  const { grants: store } = await scratchStore(t);
  const clock = handClock();
  await store.prepare();
  for (let first = 0; first < 100_000; first += 5_000) {
    const grants = Array.from({ length: 5_000 }, (_, index) => ({
      id: `g${first + index}`,
      client: address(first + index),
      account: `u${first + index}@example.org`,
      source: "dovecot" as const,
      software: null,
      openedAt: clock.now(),
      heardAt: clock.now(),
      endedAt: clock.now(),
      lifetime: null,
      revokedAt: null,
      sessions: [],
    }));
    await store.keep(grants, "");
  }
  const host = hostOn(t, store, { clock });
  await host.start();
  const last = address(99_999);
  await waitUntil("they are read", () => liveAt(host, last)[0] === "u99999@example.org", 60_000);
  assert.equal(host.list().length, 100_000);
  assert.equal((await host.opened(loginAt(clock))).granted, true);
  assert.deepEqual(liveAt(host), [ann]);
  assert.equal((await host.revoke({ name: ann })).length, 1);
  assert.deepEqual(liveAt(host), []);
});
