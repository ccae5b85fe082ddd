// The keys with which mail of our domains is signed. Hosts that share a store sign with the same.

import type { Migration } from "./migration.ts";

export const dkimKeys: Migration = {
  name: "dkim-keys",
  statements: (schema) => [
    schema
      .createTable("dkim_key")
      .addColumn("domain", "varchar(255)", (column) => column.notNull())
      .addColumn("name", "varchar(40)", (column) => column.notNull())
      .addColumn("rsa", "text", (column) => column.notNull())
      .addColumn("ed25519", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("active_at", "bigint")
      .addColumn("retired_at", "bigint")
      .addPrimaryKeyConstraint("dkim_key_key", ["domain", "name"]),
  ],
};
