// Who may administer the server, by the page and by the HTTP API, and what was done to it by whom.

import type { Migration } from "./migration.ts";

export const administration: Migration = {
  name: "administration",
  statements: (schema) => [
    schema
      .createTable("operator")
      .addColumn("name", "varchar(64)", (column) => column.primaryKey())
      .addColumn("password", "varchar(255)", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull()),
    schema
      .createTable("page_session")
      .addColumn("digest", "varchar(64)", (column) => column.primaryKey())
      .addColumn("operator", "varchar(64)", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_seen", "bigint", (column) => column.notNull())
      .addColumn("client", "varchar(45)", (column) => column.notNull()),
    schema.createIndex("page_session_operator").on("page_session").column("operator"),
    schema
      .createTable("api_token")
      .addColumn("id", "varchar(16)", (column) => column.primaryKey())
      .addColumn("name", "varchar(200)", (column) => column.notNull().unique())
      .addColumn("digest", "varchar(64)", (column) => column.notNull().unique())
      .addColumn("scopes", "varchar(200)", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used", "bigint")
      .addColumn("expires_at", "bigint"),
    schema
      .createTable("audit")
      .addColumn("id", "varchar(20)", (column) => column.primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("via", "varchar(10)", (column) => column.notNull())
      .addColumn("who", "varchar(200)", (column) => column.notNull())
      .addColumn("client", "varchar(45)")
      .addColumn("act", "varchar(40)", (column) => column.notNull())
      .addColumn("arguments", "text", (column) => column.notNull())
      .addColumn("error", "text")
      .addColumn("node", "varchar(255)", (column) => column.notNull()),
    schema.createIndex("audit_act").on("audit").columns(["act", "id"]),
    schema.createIndex("audit_who").on("audit").columns(["who", "id"]),
  ],
};
