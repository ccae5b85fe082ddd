// Hosts that share a store: who has which messages, also where one was paused or cut off.

import assert from "node:assert/strict";
import { after, suite, test, type TestContext } from "node:test";
import { startMariaDb, whyNoMariaDb } from "../../../../test/support/mariadb.ts";
import { mostNodes } from "../../../core/queue/ids.ts";
import type { Settlement } from "../../../core/queue/message.ts";
import { endOfTime, octets, sample, scratchDatabase, sharing } from "../fixture.test.ts";
import { openStore } from "../open.ts";
import type { SharingNews } from "../sharing.ts";
import type { Store } from "../store.ts";
import { tlsOf } from "./fixture.test.ts";
import type { MysqlPlace } from "./place.ts";

const skip = await whyNoMariaDb();

const delivered: Settlement = {
  id: 16,
  at: 100,
  peer: "mx.example",
  finished: true,
  results: [{ index: 0, state: "delivered", said: "250 Ok" }],
};

suite("hosts that share a store", { skip }, async () => {
  if (skip !== false) return;
  const { ca, options } = await tlsOf("other.test");
  const database = await startMariaDb({ after }, { options });

  const scratch = async (): Promise<MysqlPlace> => (await scratchDatabase(database.socket)).mysql;

  /** As though the host had not been heard for so long. */
  async function silence(mysql: MysqlPlace, name: string, ms: number): Promise<void> {
    await database.query(
      `update node set heartbeat = heartbeat - ${ms} where name = '${name}'`,
      mysql.database,
    );
  }

  test("each has a number, and its own messages alone", async (t) => {
    const mysql = await scratch();
    const [a, b] = [await host(t, mysql, "a.test"), await host(t, mysql, "b.test")];
    assert.deepEqual([a.part.number, b.part.number], [0, 1]);
    await a.store.messages.keep(sample(16));
    await b.store.messages.keep(sample(17));
    assert.deepEqual([await dueIds(a.store), await dueIds(b.store)], [[16], [17]]);
    assert.equal(await b.store.messages.settle(delivered), false);
    assert.deepEqual(await dueIds(a.store), [16]);
    assert.equal(await a.store.messages.lastId(), 17);
    const all = await a.store.messages.list({}, { after: 0, limit: 9 });
    assert.deepEqual(
      all.map(({ id }) => id),
      [16, 17],
    );
    await b.store.messages.hold({ ids: [16] });
    assert.deepEqual(await dueIds(a.store), []);
  });

  test("a host keeps its number, and no other one has its name", async (t) => {
    const mysql = await scratch();
    const a = await host(t, mysql, "a.test");
    const twin = openStore({ mysql }, sharing("a.test"));
    await assert.rejects(twin, { kind: "locked", message: /a\.test is at work on it/ });
    await host(t, mysql, "b.test");
    const term = a.part.term() ?? 0;
    await a.store.close();
    const again = await host(t, mysql, "a.test");
    assert.deepEqual([again.part.number, again.part.term()], [0, term + 1]);
  });

  test("a host that is heard, or was not for a little while, loses nothing", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [a, b] = [await host(t, mysql, "a.test"), await host(t, mysql, "b.test")];
    await a.store.messages.keep(sample(16));
    await lookOn(b);
    await silence(mysql, "a.test", -1); // a heartbeat
    assert.deepEqual(await b.part.takeOver(), []);
    assert.equal(await a.store.messages.settle(delivered), true);
  });

  test("what a host that was gone had is another one's, and it notices when it wakes", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const b = await host(t, mysql, "b.test");
    const a = await host(t, mysql, "a.test");
    for (const id of [16, 32, 48]) await a.store.messages.keep(sample(id));
    await a.store.messages.hold({ ids: [48] });
    const term = a.part.term() ?? assert.fail();

    a.sleep(61_000);
    await lookOn(b);
    assert.deepEqual(await b.part.takeOver(), [{ host: "a.test", messages: 3 }]);
    assert.deepEqual(await b.part.takeOver(), []);
    assert.deepEqual([await dueIds(a.store), await dueIds(b.store)], [[], [16, 32]]);

    assert.equal(a.part.term(), undefined, "by its own clocks it begins nothing");
    assert.equal(await a.store.messages.settle(delivered), false);
    const failed = { ...delivered, notice: sample(64) };
    assert.equal(await a.store.messages.settle(failed), false);
    assert.equal(await a.store.messages.show(64), undefined);
    assert.equal((await b.store.messages.show(16))?.recipients[0]?.attempts, 0);

    t.mock.timers.tick(5_000);
    await until("it is heard again", () => a.part.term() !== undefined);
    assert.ok((a.part.term() ?? 0) > term, "what it had begun is in another term");
    assert.deepEqual(a.news, ["taken-over"]);
    await a.store.messages.keep(sample(80));
    assert.deepEqual(await dueIds(a.store), [80]);
    assert.equal(await b.store.messages.settle(delivered), true);
  });

  test("who stood in line of a host that was gone is due at the one that takes over", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const b = await host(t, mysql, "b.test");
    const a = await host(t, mysql, "a.test");
    for (const id of [17, 33]) await a.store.messages.keep(sample(id));
    const line = { number: 17, key: "mx a.example", name: "a.example" };
    const inLine = { line, place: 1, from: 0, until: 9 };
    await a.store.lines.stand([{ id: 17, index: 0, waited: 0, inLine }]);
    assert.deepEqual(await b.store.lines.next({ line: 17, limit: 9 }), [], "it is not b's");
    a.sleep(61_000);
    await lookOn(b);
    assert.deepEqual(await b.part.takeOver(), [{ host: "a.test", messages: 2 }]);
    assert.deepEqual(await dueIds(b.store), [17, 33]);
    assert.deepEqual([await a.store.lines.all(), await b.store.lines.inUse()], [[], []]);
    assert.deepEqual(await b.part.takeOver(), [], "nothing more is to be done");
  });

  test("a clock that was set, or stood still, is no proof of life", async (t) => {
    const a = await host(t, await scratch(), "a.test");
    assert.notEqual(a.part.term(), undefined);
    a.sleep(29_000);
    assert.notEqual(a.part.term(), undefined);
    a.sleep(2_000);
    assert.equal(a.part.term(), undefined);
  });

  test("of a settlement and a take-over at once, one comes first", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [a, b] = [await host(t, mysql, "a.test"), await host(t, mysql, "b.test")];
    const ids = Array.from({ length: 60 }, (_, index) => 16 * (index + 1));
    await Promise.all(ids.map((id) => a.store.messages.keep(sample(id))));
    const settle = async (part: readonly number[]) =>
      Promise.all(part.map((id) => a.store.messages.settle({ ...delivered, id })));
    await lookOn(b);
    const first = settle(ids.slice(0, 20));
    const [early, taken, late] = await Promise.all([
      first,
      b.part.takeOver(),
      settle(ids.slice(20)),
    ]);
    const settled = ids.filter((_, index) => [...early, ...late][index] === true);
    const left = await dueIds(b.store);
    assert.deepEqual(await dueIds(a.store), []);
    assert.deepEqual(
      [...settled, ...left].toSorted((one, other) => one - other),
      ids,
    );
    assert.equal(taken[0]?.messages ?? 0, left.length);
  });

  test("of two that take over at once, each message is one's", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const names = ["a.test", "b.test", "c.test"];
    const [a, b, c] = await Promise.all(names.map((name) => host(t, mysql, name)));
    assert.ok(a && b && c);
    for (let id = 1; id < 40; id++) await a.store.messages.keep(sample(id * 16));
    await Promise.all([lookOn(b), lookOn(c)]);
    await Promise.all([b.part.takeOver(), c.part.takeOver()]);
    const both = [...(await dueIds(b.store)), ...(await dueIds(c.store))];
    assert.equal(both.length, 39);
    assert.equal(new Set(both).size, 39);
  });

  test("half a message goes with its host, which finds that out", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [a, b] = [await host(t, mysql, "a.test"), await host(t, mysql, "b.test")];
    await a.store.messages.stash(16, 1, octets("half"));
    await b.store.messages.stash(17, 1, octets("who"));
    await lookOn(b);
    await b.part.takeOver();
    const kept = a.store.messages.keep(sample(16, { stashed: 1 }));
    await assert.rejects(kept, { kind: "missing" });
    assert.equal(await a.store.messages.show(16), undefined);
    await b.store.messages.keep(sample(17, { stashed: 1 }));
    await b.store.messages.unstash(17);
    assert.deepEqual(await dueIds(b.store), [17]);
    // What stands before, what was stashed, and the rest.
    assert.equal((await database.query("select * from body", mysql.database)).length, 3);
  });

  test("a number is another host's only after a day of silence", async (t) => {
    const mysql = await scratch();
    const names = Array.from({ length: mostNodes }, (_, index) => `h${index}.test`);
    for (const name of names) await (await host(t, mysql, name)).store.close();
    const more = () => openStore({ mysql }, sharing("more.test"));
    await assert.rejects(more(), { kind: "locked", message: /has room for 16 hosts/ });
    await silence(mysql, "h3.test", 2 * 86_400_000);
    const store = await more();
    t.after(() => store.close());
    assert.equal(store.sharing?.number, 3);
  });

  test("a server whose certificate is for another name is not talked to", async () => {
    const at = { host: "localhost", port: database.port };
    const mysql = { ...(await scratch()), at, tls: { ca } };
    await assert.rejects(openStore({ mysql }), { kind: "unavailable", message: /altnames/ });
  });

  test("a host is found again by a database that was started anew", async (t) => {
    const mysql = await scratch();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const a = await host(t, mysql, "a.test");
    const term = a.part.term();
    await database.stop();
    t.mock.timers.tick(5_000);
    await until("it is told", () => a.news.includes("unheard"));
    let isStarted = false;
    void database.start().then(() => (isStarted = true));
    await until("the database is there", () => {
      t.mock.timers.tick(1); // those who wait for it look again
      return isStarted;
    });
    let last = 0;
    await until("it is heard", () => {
      // Not faster than it can be answered.
      if (performance.now() - last > 500) {
        last = performance.now();
        t.mock.timers.tick(5_000);
      }
      return a.news.includes("heard");
    });
    assert.equal(a.part.term(), term);
    const twin = openStore({ mysql }, sharing("a.test"));
    await assert.rejects(twin, { kind: "locked" });
  });
});

/** A host with a clock that the test moves. */
async function host(t: TestContext, mysql: MysqlPlace, name: string) {
  const news: SharingNews["kind"][] = [];
  let time = 0;
  const clock = { now: () => 1_000_000 + time, elapsed: () => time };
  const tell = ({ kind }: SharingNews) => void news.push(kind);
  const store = await openStore({ mysql }, sharing(name, { clock, tell }));
  t.after(() => store.close());
  const part = store.sharing ?? assert.fail();
  return { store, part, news, sleep: (milliseconds: number) => void (time += milliseconds) };
}

/** Looks on for a minute. */
async function lookOn({ part, sleep }: Awaited<ReturnType<typeof host>>): Promise<void> {
  for (let looks = 0; looks < 4; looks++) {
    assert.deepEqual(await part.takeOver(), []);
    sleep(15_000);
  }
}

async function dueIds({ messages }: Store): Promise<readonly number[]> {
  const due = await messages.due({ now: endOfTime, limit: 100, latest: endOfTime });
  return due.map(({ id }) => id);
}

async function until(what: string, look: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!look() && performance.now() < limit) {
    await new Promise((next) => setImmediate(next));
  }
  assert.ok(look(), what);
}
