// What other domains ask of TLS (MTA-STS), and how sessions with them went, for reports (TLS-RPT).

import type { Migration } from "./migration.ts";

export const transportPolicies: Migration = {
  name: "transport-policies",
  statements: (schema) => [
    schema
      .createTable("sts_policy")
      .addColumn("domain", "varchar(255)", (column) => column.primaryKey())
      .addColumn("id", "varchar(32)", (column) => column.notNull())
      .addColumn("policy", "text", (column) => column.notNull())
      .addColumn("fetched_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addColumn("used_at", "bigint", (column) => column.notNull()),
    schema.createIndex("sts_policy_fetched").on("sts_policy").columns(["fetched_at"]),
    schema
      .createTable("tls_session")
      .addColumn("day", "varchar(10)", (column) => column.notNull())
      .addColumn("domain", "varchar(255)", (column) => column.notNull())
      .addColumn("digest", "varchar(64)", (column) => column.notNull())
      .addColumn("session", "text", (column) => column.notNull())
      .addColumn("count", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("tls_session_key", ["day", "domain", "digest"]),
    schema
      .createTable("tls_report")
      .addColumn("day", "varchar(10)", (column) => column.notNull())
      .addColumn("domain", "varchar(255)", (column) => column.notNull())
      .addColumn("begun_at", "bigint", (column) => column.notNull())
      .addColumn("done_at", "bigint")
      .addPrimaryKeyConstraint("tls_report_key", ["day", "domain"]),
  ],
};
