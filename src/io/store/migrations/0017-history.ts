// What each minute was like, for charts.

import type { Migration } from "./migration.ts";

export const history: Migration = {
  name: "history",
  statements: (schema) => [
    schema
      .createTable("history")
      .addColumn("node", "integer", (column) => column.notNull())
      .addColumn("minute", "integer", (column) => column.notNull())
      .addColumn("data", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("history_key", ["node", "minute"]),
  ],
};
