// What a message's sender wants of TLS on the way, and what protected each attempt (as JSON).

import type { Migration } from "./migration.ts";

export const requireTls: Migration = {
  name: "require-tls",
  statements: (schema) => [
    schema.alterTable("message").addColumn("tls_wish", "varchar(8)"),
    schema.alterTable("attempt").addColumn("protection", "text"),
  ],
};
