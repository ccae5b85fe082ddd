// What logging in needs: keys for SCRAM, more addresses for an account, passwords for single devices.

import { sql } from "kysely";
import type { Migration } from "./migration.ts";

export const logins: Migration = {
  name: "logins",
  statements: (schema) => [
    schema.alterTable("account").addColumn("scram_sha_256", "text"),
    schema.alterTable("account").addColumn("scram_sha_1", "text"),
    schema
      .alterTable("account")
      .addColumn("disabled", "integer", (column) => column.notNull().defaultTo(sql`0`)),
    schema
      .alterTable("domain")
      .addColumn("send_only", "integer", (column) => column.notNull().defaultTo(sql`0`)),
    schema
      .createTable("address")
      .addColumn("key", "varchar(320)", (column) => column.notNull())
      .addColumn("account", "varchar(320)", (column) => column.notNull())
      .addColumn("kind", "varchar(10)", (column) => column.notNull())
      .addPrimaryKeyConstraint("address_key", ["key", "account"]),
    schema.createIndex("address_account").on("address").column("account"),
    schema
      .createTable("app_password")
      .addColumn("id", "varchar(16)", (column) => column.primaryKey())
      .addColumn("account", "varchar(320)", (column) => column.notNull())
      .addColumn("name", "varchar(200)", (column) => column.notNull())
      .addColumn("digest", "varchar(64)", (column) => column.notNull().unique())
      .addColumn("scope", "varchar(10)", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used", "bigint")
      .addColumn("last_client", "varchar(45)")
      .addUniqueConstraint("app_password_name", ["account", "name"]),
  ],
};
