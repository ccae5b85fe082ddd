// What the hosts that domains are handed on to have said of recipients.

import type { Migration } from "./migration.ts";

export const knownRecipients: Migration = {
  name: "known-recipients",
  statements: (schema) => [
    schema
      .createTable("known_recipient")
      .addColumn("key", "varchar(320)", (column) => column.primaryKey())
      .addColumn("domain", "varchar(255)", (column) => column.notNull())
      .addColumn("present", "integer", (column) => column.notNull())
      .addColumn("said", "text", (column) => column.notNull())
      .addColumn("asked_at", "bigint", (column) => column.notNull()),
    schema.createIndex("known_recipient_domain").on("known_recipient").columns(["domain", "key"]),
    schema
      .createIndex("known_recipient_age")
      .on("known_recipient")
      .columns(["present", "asked_at"]),
  ],
};
