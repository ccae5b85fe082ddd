import assert from "node:assert/strict";
import test from "node:test";
import { scratchEngine, scratchPath, sql } from "../fixture.test.ts";
import type { Engine, Parameter, Step } from "../engine.ts";
import { openSqlite } from "./engine.ts";

async function scratchTable(t: test.TestContext): Promise<Engine> {
  const engine = await scratchEngine(t);
  await engine.run([sql("create table thing (id integer primary key, value)")]);
  return engine;
}

function insert(id: number, value: Parameter = null): Step {
  return sql("insert into thing values (?, ?)", id, value);
}

async function idsIn(engine: Engine): Promise<readonly unknown[]> {
  const [{ rows }] = await engine.run([sql("select id from thing order by id")]);
  return rows.map(({ id }) => id);
}

test("units that come together share one transaction", async (t) => {
  const engine = await scratchTable(t);
  const before = engine.statistics();
  await Promise.all(Array.from({ length: 100 }, (_, id) => engine.run([insert(id)])));
  const after = engine.statistics();
  assert.equal(after.units - before.units, 100);
  assert.equal(after.transactions - before.transactions, 1);
});

test("units that come while the worker is busy go into the next transaction", async (t) => {
  const engine = await scratchTable(t);
  const before = engine.statistics();
  const session = async (first: number): Promise<void> => {
    for (let id = first; id < first + 10; id++) await engine.run([insert(id)]);
  };
  await Promise.all([session(100), session(200), session(300), session(400)]);
  const { transactions } = engine.statistics();
  assert.equal((await idsIn(engine)).length, 40);
  assert.ok(transactions - before.transactions <= 20, "fewer commits than units");
});

test("a unit that fails takes nothing with it but itself", async (t) => {
  const engine = await scratchTable(t);
  await engine.run([insert(5)]);
  const units = Array.from({ length: 9 }, (_, id) => engine.run([insert(id + 100), insert(id)]));
  const results = await Promise.allSettled(units);
  assert.deepEqual(
    results.map(({ status }) => status),
    Array.from({ length: 9 }, (_, id) => (id === 5 ? "rejected" : "fulfilled")),
  );
  await assert.rejects(units[5]!, { name: "StoreError", kind: "conflict" });
  assert.deepEqual(
    await idsIn(engine),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 101, 102, 103, 104, 106, 107, 108],
  );
});

test("a statement that SQLite does not understand is refused alone", async (t) => {
  const engine = await scratchTable(t);
  const good = engine.run([insert(1)]);
  await assert.rejects(engine.run([sql("selec nonsense")]), { kind: "refused" });
  await good;
  assert.deepEqual(await idsIn(engine), [1]);
});

test("a guard ends its unit where it finds nothing, and keeps what went before", async (t) => {
  const engine = await scratchTable(t);
  const none = { ...sql("select id from thing where id = ?", 99), guard: true };
  const results = await engine.run([insert(1), none, insert(2)]);
  assert.deepEqual(
    results.map(({ changes }) => changes),
    [1, 0, 0],
  );
  const some = { ...sql("update thing set value = 1 where id = ?", 1), guard: true };
  await engine.run([some, insert(3)]);
  assert.deepEqual(await idsIn(engine), [1, 3]);
});

test("octets go in and come out alone, whatever buffer they are a view of", async (t) => {
  const engine = await scratchTable(t);
  const pool = new Uint8Array(1024 * 1024).fill(1);
  const views = [pool.subarray(10, 13), pool.subarray(0, 0), pool.subarray(100, 100 + 65536)];
  await Promise.all(views.map((view, id) => engine.run([insert(id, view)])));
  assert.equal(pool.byteLength, 1024 * 1024, "the caller's buffer stays the caller's");

  const [{ rows }] = await engine.run([sql("select value from thing order by id")]);
  const values = rows.map(({ value }) => value).filter((value) => value instanceof Uint8Array);
  assert.deepEqual(
    values,
    views.map((view) => Uint8Array.from(view)),
  );
  assert.deepEqual(
    values.map(({ buffer }) => buffer.byteLength),
    [3, 0, 65536],
  );
});

test("a group has a bound, and what is beyond it goes with the next one", async (t) => {
  const engine = await scratchTable(t);
  const before = engine.statistics().transactions;
  await Promise.all(Array.from({ length: 1200 }, (_, id) => engine.run([insert(id)])));
  const large = new Uint8Array(5 * 1024 * 1024);
  await Promise.all([2001, 2002, 2003].map((id) => engine.run([insert(id, large)])));
  assert.equal(engine.statistics().transactions - before, 3 + 3);
  assert.equal((await idsIn(engine)).length, 1203);
});

test("more statements than are kept prepared do no harm", async (t) => {
  const engine = await scratchTable(t);
  const steps = Array.from({ length: 500 }, (_, id) => sql(`insert into thing values (${id}, 0)`));
  await engine.run(steps);
  await engine.run(steps.map((_, id) => sql(`delete from thing where id = ${id}`)));
  assert.deepEqual(await idsIn(engine), []);
});

test("close waits for what is under way and takes in nothing more", async (t) => {
  const engine = await openSqlite(await scratchPath(t));
  const last = engine.run([sql("create table thing (id integer)")]);
  const closed = engine.close();
  await assert.rejects(engine.run([]), { name: "StoreError", kind: "closed" });
  await Promise.all([last, closed]);
  await engine.close();
});
