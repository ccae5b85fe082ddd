// Recipients whose destination is down, or has all that it can take, wait in its line. Only they
// have entries in these indexes, where the engine can leave the others out: what is delivered at once
// pays nothing for them.

import type { Compilable, SchemaModule } from "kysely";
import type { Dialect } from "../engine.ts";
import type { Migration } from "./migration.ts";

export const lines: Migration = {
  name: "lines",
  statements: (schema, dialect) => [
    schema
      .createTable("destination")
      .addColumn("number", "bigint", (column) => column.primaryKey())
      .addColumn("node", "integer", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("ways", "varchar(64)", (column) => column.notNull())
      .addColumn("clock", "bigint", (column) => column.notNull())
      .addColumn("down_since", "bigint")
      .addColumn("last_try", "bigint")
      .addColumn("next_try", "bigint")
      .addColumn("tries", "integer")
      .addColumn("said", "text")
      .addColumn("peer", "text"),
    ...["line", "place", "line_from", "line_until"].map((name) =>
      schema.alterTable("recipient").addColumn(name, "bigint"),
    ),
    lineIndex(schema, dialect, "place"),
    lineIndex(schema, dialect, "line_until"),
  ],
};

function lineIndex(
  schema: SchemaModule,
  dialect: Dialect,
  column: "place" | "line_until",
): Compilable {
  const index = schema
    .createIndex(`recipient_${column}`)
    .on("recipient")
    .columns(["line", column, "message", "position"]);
  return dialect === "sqlite" ? index.where("line", "is not", null) : index;
}
