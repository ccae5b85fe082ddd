// Decisions with their facts. Ids begin with the connection's id, which ascends with time: in their
// order, the oldest come first, and no index of its own is needed to drop them.

import type { Migration } from "./migration.ts";

export const decisions: Migration = {
  name: "decisions",
  statements: (schema) => [
    schema
      .createTable("decision")
      .addColumn("id", "varchar(30)", (column) => column.primaryKey())
      .addColumn("at", "integer", (column) => column.notNull())
      .addColumn("client", "varchar(45)", (column) => column.notNull())
      .addColumn("facts", "text", (column) => column.notNull()),
    schema.createIndex("decision_client").on("decision").columns(["client", "at"]),
  ],
};
