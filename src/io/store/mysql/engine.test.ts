// The engine on a real server: transactions, guards, collisions, a server that goes away and comes
// back, and what is said of one that cannot be used.

import assert from "node:assert/strict";
import { after, suite, test, type TestContext } from "node:test";
import { createConnection } from "mysql2/promise";
import { startMariaDb, whyNoMariaDb } from "../../../../test/support/mariadb.ts";
import { waitUntil } from "../../../../test/support/wait.ts";
import type { Engine, Parameter, Step } from "../engine.ts";
import { scratchDatabase, sql } from "../fixture.test.ts";
import { openStore } from "../open.ts";
import type { Store } from "../store.ts";
import { openMysql } from "./engine.ts";
import { tlsOf } from "./fixture.test.ts";
import type { MysqlPlace } from "./place.ts";

const skip = await whyNoMariaDb();

suite("MariaDB as an engine", { skip }, async () => {
  if (skip !== false) return;
  const { ca, options } = await tlsOf("localhost");
  const database = await startMariaDb({ after }, { options });

  async function scratch(t: TestContext): Promise<{ engine: Engine; place: MysqlPlace }> {
    const { mysql: place } = await scratchDatabase(database.socket);
    const { engine } = await openMysql(place);
    t.after(() => engine.close());
    const table = "create table thing (id bigint primary key, value mediumblob) engine=InnoDB";
    await engine.alter([[sql(table)]]);
    return { engine, place };
  }

  test("units that come together share transactions, and each has its own end", async (t) => {
    const { engine } = await scratch(t);
    await engine.run([insert(5)]);
    const before = engine.statistics();
    const units = Array.from({ length: 60 }, (_, id) => engine.run([insert(id + 100), insert(id)]));
    const results = await Promise.allSettled(units);
    assert.deepEqual(
      results.flatMap(({ status }, id) => (status === "rejected" ? [id] : [])),
      [5],
    );
    await assert.rejects(units[5]!, { name: "StoreError", kind: "conflict" });
    assert.equal((await idsIn(engine)).length, 119);
    const { transactions } = engine.statistics();
    assert.ok(transactions - before.transactions < 30, "fewer commits than units");
  });

  test("a statement that the server does not understand is refused alone", async (t) => {
    const { engine } = await scratch(t);
    const good = engine.run([insert(1), insert(2)]);
    await assert.rejects(engine.run([sql("selec nonsense")]), { kind: "refused" });
    await good;
    await assert.rejects(engine.run([insert(3), insert(4, "x".repeat(2 ** 24))]), {
      kind: "refused",
    });
    assert.deepEqual(await idsIn(engine), [1, 2]);
  });

  test("a guard ends its unit where it finds nothing, and keeps what went before", async (t) => {
    const { engine } = await scratch(t);
    const none = { ...sql("select id from thing where id = ?", 99), guard: true };
    const results = await engine.run([insert(1), none, insert(2)]);
    assert.deepEqual(
      results.map(({ changes }) => changes),
      [1, 0, 0],
    );
    // A row that stays as it is was found all the same.
    const some = { ...sql("update thing set value = null where id = ?", 1), guard: true };
    await engine.run([some, insert(3)]);
    assert.deepEqual(await idsIn(engine), [1, 3]);
  });

  test("what a guard has found is held until its unit ends", async (t) => {
    const { engine } = await scratch(t);
    await engine.run([insert(1, new Uint8Array(1))]);
    const find = { ...sql("select id from thing where id = 1"), guard: true };
    const double = sql("update thing set value = concat(value, value) where id = 1");
    const shown = sql("select length(value) as length from thing where id = 1");
    await Promise.all(Array.from({ length: 10 }, () => engine.run([find, double])));
    const [{ rows }] = await engine.run([shown]);
    assert.deepEqual(rows, [{ length: 1024 }]);
  });

  test("units that stand in each other's way are tried again until both are through", async (t) => {
    const { engine, place } = await scratch(t);
    const { engine: other } = await openMysql(place);
    t.after(() => other.close());
    await engine.run([insert(1, new Uint8Array(0)), insert(2, new Uint8Array(0))]);
    const work = Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0
        ? engine.run([lengthen(1), lengthen(2)])
        : other.run([lengthen(2), lengthen(1)]),
    );
    await Promise.all(work);
    const [{ rows }] = await engine.run([sql("select length(value) as length from thing")]);
    assert.deepEqual(rows, [{ length: 40 }, { length: 40 }]);
  });

  test("octets go in and come out alone, whatever buffer they are a view of", async (t) => {
    const { engine } = await scratch(t);
    const pool = new Uint8Array(1024 * 1024).map((_, index) => index);
    const views = [pool.subarray(10, 13), pool.subarray(0, 0), pool.subarray(100, 100 + 65_536)];
    await Promise.all(views.map((view, id) => engine.run([insert(id, view)])));
    const [{ rows }] = await engine.run([sql("select value from thing order by id")]);
    assert.deepEqual(
      rows.map(({ value }) => value),
      views.map((view) => Uint8Array.from(view)),
    );
  });

  test("texts are told apart octet by octet, and come back as they were", async (t) => {
    const { mysql } = await scratchDatabase(database.socket);
    const { domains } = await openStoreFor(t, mysql);
    const names = ["a", "A", "a ", "ä", "a\u0308", "\u{1f4e7}", 'it\'s \\ "quoted" \0'];
    for (const name of names) {
      assert.equal(await domains.add({ name, createdAt: 1, sendOnly: false }), "added", name);
    }
    const found = (await domains.list()).map(({ name }) => name);
    assert.deepEqual(found.toSorted(), names.toSorted());
  });

  test("hosts that start at once make the tables once", async (t) => {
    const { mysql } = await scratchDatabase(database.socket);
    const stores = await Promise.all([1, 2, 3].map(() => openStoreFor(t, mysql)));
    await stores[0]?.domains.add({ name: "x.test", createdAt: 1, sendOnly: false });
    assert.equal((await stores[2]?.domains.list())?.length, 1);
  });

  test("a change of the tables that was cut short is taken up again", async (t) => {
    const { mysql } = await scratchDatabase(database.socket);
    await (await openStoreFor(t, mysql)).close();
    await database.query(
      "delete from migration where number >= 4; drop table change_count",
      mysql.database,
    );
    const { bans, domains } = await openStoreFor(t, mysql);
    assert.deepEqual([await bans.list(), await domains.list()], [[], []]);
  });

  test("a server that is stopped is unavailable, and found again by itself", async (t) => {
    const { engine } = await scratch(t);
    await engine.run([insert(1), insert(2)]);
    await database.stop("SIGKILL");
    const unavailable = { name: "StoreError", kind: "unavailable" };
    await assert.rejects(engine.run([insert(3), insert(4)]), unavailable);
    await assert.rejects(engine.run([sql("select 1")]), unavailable);
    const many = Array.from({ length: 100 }, (_, id) => engine.run([insert(id + 10)]));
    for (const result of await Promise.allSettled(many)) assert.equal(result.status, "rejected");
    await database.start();
    await engine.run([insert(5), insert(6)]);
    await engine.run([insert(7)]);
    assert.deepEqual((await idsIn(engine)).slice(-3), [5, 6, 7]);
  });

  test("connections that the server ended while they were idle do no harm", async (t) => {
    const { engine } = await scratch(t);
    await Promise.all(
      Array.from({ length: 50 }, (_, id) => engine.run([insert(id), insert(-id - 1)])),
    );
    const sessions = await database.query(
      "select id from information_schema.processlist where id <> connection_id() and user = 'root'",
    );
    for (const { id } of sessions) await database.query(`kill ${String(id)}`).catch(() => {});
    await engine.run([insert(100), insert(101)]);
    assert.equal((await idsIn(engine)).length, 102);
  });

  test("a server that has no room for more connections is used over those that stand", async (t) => {
    const { engine } = await scratch(t);
    await engine.run([insert(1), insert(2)]);
    const [found] = await database.query("show status like 'Threads_connected'");
    const room = Number(found?.["Value"]) + 1;
    await database.query(`set global max_connections = ${Math.max(room, 10)}`);
    const others = await Promise.all(
      Array.from({ length: Math.max(0, 10 - room) + 2 }, () =>
        createConnection({ socketPath: database.socket, user: "root" }).catch(() => undefined),
      ),
    );
    const units = Array.from({ length: 400 }, (_, id) =>
      engine.run([insert(id + 10), insert(-id)]),
    );
    const results = await Promise.allSettled(units);
    for (const other of others) other?.destroy();
    await waitUntil("there is room again", () =>
      database.query("set global max_connections = 151").then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual(
      results.filter(({ status }) => status === "rejected"),
      [],
    );
  });

  test("a server that hangs is given up, and a unit of then is not half there", async (t) => {
    const { engine } = await scratch(t);
    await engine.run([insert(1)]);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    database.pause();
    t.after(() => database.resume());
    const hanging = engine.run([insert(2), insert(3)]);
    hanging.catch(() => {});
    for (let turns = 0; turns < 20; turns++) await new Promise((next) => setImmediate(next));
    t.mock.timers.tick(30_001);
    database.resume();
    await assert.rejects(hanging, { kind: "unavailable", message: /no answer within 30 s/ });
    t.mock.timers.reset();
    await engine.run([insert(4), insert(5)]);
    // What was given up does not go on, now that it has its answer.
    await new Promise((next) => setTimeout(next, 100));
    assert.deepEqual(await idsIn(engine), [1, 4, 5]);
  });

  test("close waits for what is under way and takes in nothing more", async (t) => {
    const { place } = await scratch(t);
    const { engine } = await openMysql(place);
    const last = engine.run([insert(1), insert(2)]);
    const closed = engine.close();
    await assert.rejects(engine.run([]), { name: "StoreError", kind: "closed" });
    await Promise.all([last, closed]);
    await engine.close();
  });

  const byNetwork = (host: string) => ({ at: { host, port: database.port } });

  test("TLS is spoken where it is asked for, with a server that proves its name", async (t) => {
    const { mysql } = await scratchDatabase(database.socket);
    const { engine } = await openMysql({ ...mysql, ...byNetwork("localhost"), tls: { ca } });
    t.after(() => engine.close());
    const [{ rows }] = await engine.run([sql("show session status like 'Ssl_cipher'")]);
    assert.match(String(rows[0]?.["Value"]), /^TLS_/);
  });

  suite("what cannot be used is said, with what to do", () => {
    const here = { socket: database.socket };
    const cases: readonly [Partial<MysqlPlace>, string, RegExp][] = [
      [{ user: "nobody", password: "x" }, "failed", /that user with that password/],
      [{ database: "none" }, "failed", /CREATE DATABASE/],
      [{ at: { socket: "/none/x" } }, "unavailable", /nothing listens on that socket/],
      [{ at: { host: "127.0.0.1", port: 1 } }, "unavailable", /nothing listens there/],
      [{ at: { host: "none.invalid", port: 3306 } }, "unavailable", /none\.invalid/],
      [{ ...byNetwork("localhost"), tls: {} }, "unavailable", /self-signed/],
    ];
    for (const [changes, kind, message] of cases) {
      test(JSON.stringify(changes), async () => {
        const place = { at: here, user: "root", password: "", database: "mysql", ...changes };
        await assert.rejects(openMysql(place), { name: "StoreError", kind, message });
      });
    }

    test("a database that the user has no right to", async (t) => {
      const root = await createConnection({ socketPath: database.socket, user: "root" });
      t.after(() => root.end());
      await root.query("create user bailiwick@localhost identified by 'x'");
      const place = { at: here, user: "bailiwick", password: "x", database: "nosuchdb" };
      const advice =
        /^the store \(database nosuchdb, user bailiwick, at .*GRANT ALL ON nosuchdb\.\* TO bailiwick@localhost, or correct the name \(Access denied/;
      await assert.rejects(openMysql(place), { kind: "failed", message: advice });
      await root.query("GRANT ALL ON nosuchdb.* TO bailiwick@localhost");
      await assert.rejects(openMysql(place), { message: /CREATE DATABASE nosuchdb, or correct/ });
    });
  });
});

function insert(id: number, value: Parameter = null): Step {
  return sql("insert into thing values (?, ?)", id, value);
}

function lengthen(id: number): Step {
  return sql("update thing set value = concat(value, 'x') where id = ?", id);
}

async function idsIn(engine: Engine): Promise<readonly unknown[]> {
  const [{ rows }] = await engine.run([sql("select id from thing order by id")]);
  return rows.map(({ id }) => id);
}

async function openStoreFor(t: TestContext, mysql: MysqlPlace): Promise<Store> {
  const store = await openStore({ mysql });
  t.after(() => store.close());
  return store;
}
