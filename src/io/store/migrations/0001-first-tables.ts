// Messages, accounts and domains. Each table has its key and no other index than the one that finds
// what is due, for every message pays for every index. No foreign keys either: a unit of work keeps
// the tables together.

import type { Compilable, SchemaModule } from "kysely";
import type { Migration } from "./migration.ts";

export const firstTables: Migration = {
  name: "first-tables",
  statements: (schema) => [
    ...messageTables(schema),
    ...attemptTables(schema),
    ...accountTables(schema),
  ],
};

function messageTables(schema: SchemaModule): readonly Compilable[] {
  return [
    schema
      .createTable("message")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("received_at", "integer", (column) => column.notNull())
      .addColumn("size", "integer", (column) => column.notNull())
      .addColumn("eight_bit", "integer", (column) => column.notNull())
      .addColumn("smtputf8", "integer", (column) => column.notNull())
      .addColumn("sender_local", "text")
      .addColumn("sender_domain", "text")
      .addColumn("client", "text")
      .addColumn("hello", "text")
      .addColumn("listener", "text")
      .addColumn("next_attempt", "integer"),
    schema.createIndex("message_due").on("message").column("next_attempt"),
    schema
      .createTable("body")
      .addColumn("message", "integer", (column) => column.notNull())
      .addColumn("sequence", "integer", (column) => column.notNull())
      .addColumn("chunk", "blob", (column) => column.notNull())
      .addPrimaryKeyConstraint("body_key", ["message", "sequence"]),
    schema.createTable("arrival").addColumn("message", "integer", (column) => column.primaryKey()),
  ];
}

function attemptTables(schema: SchemaModule): readonly Compilable[] {
  return [
    schema
      .createTable("recipient")
      .addColumn("message", "integer", (column) => column.notNull())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("local", "text", (column) => column.notNull())
      .addColumn("domain", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("attempts", "integer", (column) => column.notNull())
      .addColumn("waited", "integer", (column) => column.notNull())
      .addColumn("next_attempt", "integer", (column) => column.notNull())
      .addColumn("last_attempt", "integer")
      .addColumn("said", "text")
      .addPrimaryKeyConstraint("recipient_key", ["message", "position"]),
    schema
      .createTable("attempt")
      .addColumn("message", "integer", (column) => column.notNull())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("number", "integer", (column) => column.notNull())
      .addColumn("at", "integer", (column) => column.notNull())
      .addColumn("peer", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("said", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("attempt_key", ["message", "position", "number"]),
  ];
}

function accountTables(schema: SchemaModule): readonly Compilable[] {
  return [
    schema
      .createTable("account")
      .addColumn("key", "varchar(320)", (column) => column.primaryKey())
      .addColumn("local", "text", (column) => column.notNull())
      .addColumn("domain", "text", (column) => column.notNull())
      .addColumn("password", "text")
      .addColumn("created_at", "integer", (column) => column.notNull()),
    schema
      .createTable("domain")
      .addColumn("name", "varchar(255)", (column) => column.primaryKey())
      .addColumn("created_at", "integer", (column) => column.notNull()),
  ];
}
