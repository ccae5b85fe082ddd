// Brings a store's tables to the form that this version of the program knows.

import type { Engine, Step } from "../engine.ts";
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
  const units = migrations.slice(current).map(({ name, statements }, index) => {
    const number = current + index + 1;
    const done = engine.queries.insertInto("migration").values({ number, name });
    const changes = statements(engine.queries.schema, engine.dialect);
    return [isMissing(engine, number), ...[...changes, done].map((query) => step(query))];
  });
  await engine.alter(units);
}

/** A guard: another host may have carried it out since we looked. */
function isMissing({ queries }: Engine, number: number): Step {
  const latest = queries
    .selectFrom("migration")
    .select((eb) => eb.fn.coalesce(eb.fn.max("number"), eb.val(0)).as("latest"));
  const find = queries
    .selectFrom(latest.as("found"))
    .select("found.latest")
    .where("found.latest", "<", number);
  return { ...step(find), guard: true };
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
  await engine.alter([[step(table)]]);
  const [{ rows }] = await engine.run([step(greatest)]);
  return rows[0]?.number ?? 0;
}
