import assert from "node:assert/strict";
import test from "node:test";
import { scratchEngine, scratchPath } from "../fixture.test.ts";
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
