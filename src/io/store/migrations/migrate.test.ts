import assert from "node:assert/strict";
import test from "node:test";
import { endOfTime, scratchEngine, scratchPath, scratchStore, sql } from "../fixture.test.ts";
import { openStore } from "../open.ts";
import { openSqlite } from "../sqlite/engine.ts";
import { step } from "../template.ts";
import { migrations } from "./all.ts";
import { migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";

function table(name: string): Migration {
  return {
    name,
    statements: (schema) => [schema.createTable(name).addColumn("id", "integer")],
  };
}

test("a fresh store takes every step, a later one only those that are new", async (t) => {
  const engine = await scratchEngine(t);
  await migrate(engine, [table("one")]);
  await migrate(engine, [table("one")]);
  await migrate(engine, [table("one"), table("two")]);
  const query = engine.queries.selectFrom("migration").selectAll().orderBy("number");
  const [{ rows }] = await engine.run([step(query)]);
  assert.deepEqual(rows, [
    { number: 1, name: "one" },
    { number: 2, name: "two" },
  ]);
});

test("a step that fails leaves nothing of itself", async (t) => {
  const engine = await scratchEngine(t);
  const broken: Migration = {
    name: "broken",
    statements: (schema) => [
      schema.createTable("one").addColumn("id", "integer"),
      schema.createTable("one").addColumn("id", "integer"),
    ],
  };
  await assert.rejects(migrate(engine, [broken]), { name: "StoreError", kind: "refused" });
  await migrate(engine, [table("one")]);
});

test("a store that a newer program wrote is refused, and left as it is", async (t) => {
  const path = await scratchPath(t);
  await (await openStore({ path })).close();
  const newer = await openSqlite(path);
  const future = newer.queries.insertInto("migration").values({ number: 99, name: "future" });
  await newer.run([step(future)]);
  await newer.close();
  await assert.rejects(openStore({ path }), {
    name: "StoreError",
    kind: "newer",
    message: new RegExp(`version 99.*up to version ${migrations.length}`),
  });
});

test("a store of before keeps what it has, and its messages are its own", async (t) => {
  const path = await scratchPath(t);
  const engine = await openSqlite(path);
  await migrate(engine, migrations.slice(0, 4));
  await engine.run([
    sql("insert into domain (name, created_at) values ('example.org', 1)"),
    sql(
      "insert into message (id, received_at, size, eight_bit, smtputf8, next_attempt) values (7, 7, 5, 0, 0, 7)",
    ),
    sql(
      "insert into recipient values (7, 0, 'u', 'a.example', 'relay', 'waiting', 0, 0, 7, null, null)",
    ),
  ]);
  await engine.close();
  const { decisions, domains, messages } = await scratchStore(t, { path });
  assert.equal(await decisions.count(), 0);
  assert.deepEqual(await domains.list(), [{ name: "example.org", createdAt: 1, sendOnly: false }]);
  const due = await messages.due({ now: 7, limit: 9, latest: endOfTime });
  assert.deepEqual(
    due.map(({ id }) => id),
    [7],
  );
});
