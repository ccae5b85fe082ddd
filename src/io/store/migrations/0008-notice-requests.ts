// What a message's sender asks to be told of it (RFC 3461).

import type { Migration } from "./migration.ts";

export const noticeRequests: Migration = {
  name: "notice-requests",
  statements: (schema) => [
    schema.alterTable("message").addColumn("returns", "varchar(7)"),
    schema.alterTable("message").addColumn("envelope_id", "varchar(100)"),
    schema.alterTable("recipient").addColumn("notify", "varchar(21)"),
    schema.alterTable("recipient").addColumn("original_recipient", "varchar(500)"),
  ],
};
