// Grants that logins to read mail have opened, and how often each is used. Hosts that share a store
// see each other's changes by their versions: numbers from one row of `roaming_mark`, which is locked
// until the change is there for all, so that none appears behind a later one.

import type { Migration } from "./migration.ts";

export const grants: Migration = {
  name: "grants",
  statements: (schema) => [
    schema
      .createTable("roaming_grant")
      .addColumn("id", "varchar(16)", (column) => column.primaryKey())
      .addColumn("node", "varchar(100)", (column) => column.notNull())
      .addColumn("client", "varchar(45)", (column) => column.notNull())
      .addColumn("account", "varchar(320)")
      .addColumn("source", "varchar(20)", (column) => column.notNull())
      .addColumn("software", "varchar(100)")
      .addColumn("opened_at", "bigint", (column) => column.notNull())
      .addColumn("heard_at", "bigint", (column) => column.notNull())
      .addColumn("ended_at", "bigint")
      .addColumn("lifetime", "bigint")
      .addColumn("revoked_at", "bigint")
      .addColumn("sessions", "text", (column) => column.notNull())
      .addColumn("version", "bigint", (column) => column.notNull()),
    schema.createIndex("roaming_grant_version").on("roaming_grant").columns(["version", "id"]),
    schema
      .createTable("roaming_mark")
      .addColumn("name", "varchar(110)", (column) => column.primaryKey())
      .addColumn("value", "bigint", (column) => column.notNull()),
    schema
      .createTable("roaming_use")
      .addColumn("day", "varchar(10)", (column) => column.notNull())
      .addColumn("account", "varchar(320)", (column) => column.notNull())
      .addColumn("software", "varchar(100)", (column) => column.notNull())
      .addColumn("messages", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("roaming_use_key", ["day", "account", "software"]),
  ],
};
