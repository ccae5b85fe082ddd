// Brings a store's tables to the form that this version of the program knows.

import type { Engine } from "../engine.ts";
import { StoreError } from "../error.ts";
import { step } from "../template.ts";
import type { Migration } from "./migration.ts";

/**
 * Carries out what is missing of `migrations`, each in a unit of its own; their numbers are their
 * places in the list, from 1.
 * @throws {StoreError} `newer` where the store has seen more migrations than the list holds
 */
export async function migrate(engine: Engine, migrations: readonly Migration[]): Promise<void> {
  const current = await currentNumber(engine);
  if (current > migrations.length) {
    throw new StoreError({
      kind: "newer",
      message: `the store has tables of version ${current}, this program knows them up to version ${migrations.length}: run the newer program that wrote it`,
    });
  }
  for (const [index, { name, statements }] of migrations.entries()) {
    const number = index + 1;
    if (number <= current) continue;
    const done = engine.queries.insertInto("migration").values({ number, name });
    await engine.run([...statements(engine.queries.schema), done].map((query) => step(query)));
  }
}

async function currentNumber(engine: Engine): Promise<number> {
  const { queries } = engine;
  const table = queries.schema
    .createTable("migration")
    .ifNotExists()
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull());
  const greatest = queries
    .selectFrom("migration")
    .select(({ fn }) => fn.max("number").as("number"));
  const [, { rows }] = await engine.run([step(table), step(greatest)]);
  return rows[0]?.number ?? 0;
}
