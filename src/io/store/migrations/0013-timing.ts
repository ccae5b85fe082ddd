// What a message's sender wants of the time at which it goes.

import { sql } from "kysely";
import type { Migration } from "./migration.ts";

export const timing: Migration = {
  name: "timing",
  statements: (schema) => [
    schema
      .alterTable("message")
      .addColumn("priority", "integer", (column) => column.notNull().defaultTo(sql`0`)),
    schema.alterTable("message").addColumn("deliver_by", "integer"),
    schema.alterTable("message").addColumn("deliver_by_mode", "varchar(2)"),
    schema.alterTable("message").addColumn("release_at", "integer"),
  ],
};
