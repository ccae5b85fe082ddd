// Whether a message goes into the Junk folder of those who get it here.

import type { Migration } from "./migration.ts";

export const junk: Migration = {
  name: "junk",
  statements: (schema) => [
    schema
      .alterTable("message")
      .addColumn("is_junk", "integer", (column) => column.notNull().defaultTo(0)),
  ],
};
