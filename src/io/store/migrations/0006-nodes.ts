// Several hosts on one store: which host a message belongs to, who the hosts are, and what they tell
// each other of changes. A store in a file has one host, number 0, and finds what is due as before.

import type { Compilable, SchemaModule } from "kysely";
import { sql } from "kysely";
import type { Migration } from "./migration.ts";

export const nodes: Migration = {
  name: "nodes",
  statements: (schema, dialect) => [
    schema
      .alterTable("message")
      .addColumn("node", "integer", (column) => column.notNull().defaultTo(sql`0`)),
    ...(dialect === "mysql" ? dueByNode(schema) : []),
    schema
      .createTable("node")
      .addColumn("number", "integer", (column) => column.primaryKey())
      .addColumn("name", "varchar(255)", (column) => column.notNull().unique())
      .addColumn("term", "integer", (column) => column.notNull())
      .addColumn("heartbeat", "bigint", (column) => column.notNull()),
    schema
      .createTable("change_count")
      .addColumn("topic", "varchar(20)", (column) => column.primaryKey())
      .addColumn("count", "bigint", (column) => column.notNull()),
  ],
};

/** Each host looks for its own, however many the others have. */
function dueByNode(schema: SchemaModule): readonly Compilable[] {
  return [
    schema.createIndex("message_due_on").on("message").columns(["node", "next_attempt"]),
    schema.dropIndex("message_due").on("message"),
    // A login of another source may be longer than any address; nothing looks for it by an index.
    schema.alterTable("message").modifyColumn("login", "text"),
  ];
}
