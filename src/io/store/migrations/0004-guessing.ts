// Those who guess passwords, and accounts that were taken over: bans, addresses at which users are
// known, accounts whose sending is stopped, and whose login each message came with.

import type { Migration } from "./migration.ts";

export const guessing: Migration = {
  name: "guessing",
  statements: (schema) => [
    schema
      .createTable("ban")
      .addColumn("prefix", "varchar(49)", (column) => column.primaryKey())
      .addColumn("reason", "varchar(10)", (column) => column.notNull())
      .addColumn("note", "text", (column) => column.notNull())
      .addColumn("since", "bigint", (column) => column.notNull())
      .addColumn("until", "bigint")
      .addColumn("times", "integer", (column) => column.notNull())
      .addColumn("evidence", "text", (column) => column.notNull()),
    schema
      .createTable("known_address")
      .addColumn("user", "varchar(320)", (column) => column.notNull())
      .addColumn("client", "varchar(45)", (column) => column.notNull())
      .addColumn("last_good", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("known_address_key", ["user", "client"]),
    schema
      .createTable("stopped_account")
      .addColumn("account", "varchar(320)", (column) => column.primaryKey())
      .addColumn("since", "bigint", (column) => column.notNull())
      .addColumn("why", "text", (column) => column.notNull()),
    schema.alterTable("message").addColumn("login", "varchar(320)"),
  ],
};
