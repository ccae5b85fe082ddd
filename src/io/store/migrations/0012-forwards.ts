// Addresses whose mail is sent on, to whom, and the secrets that all hosts of a store share.

import type { Migration } from "./migration.ts";

export const forwards: Migration = {
  name: "forwards",
  statements: (schema) => [
    schema
      .createTable("forward")
      .addColumn("key", "varchar(320)", (column) => column.primaryKey())
      .addColumn("keep", "varchar(320)")
      .addColumn("owner_local", "text")
      .addColumn("owner_domain", "text")
      .addColumn("members_only", "integer", (column) => column.notNull()),
    schema
      .createTable("forward_target")
      .addColumn("forward", "varchar(320)", (column) => column.notNull())
      .addColumn("key", "varchar(320)", (column) => column.notNull())
      .addColumn("local", "text", (column) => column.notNull())
      .addColumn("domain", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("forward_target_key", ["forward", "key"]),
    schema
      .createTable("secret")
      .addColumn("name", "varchar(20)", (column) => column.primaryKey())
      .addColumn("value", "varchar(100)", (column) => column.notNull()),
  ],
};
