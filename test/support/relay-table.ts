// vpopmail's relay table in a MariaDB of the test's own, as its several versions made it.

import type { MariaDb } from "./mariadb.ts";

export const relayTables = {
  /** vpopmail's of 2003. */
  old: "ip_addr char(18) NOT NULL, timestamp char(12) NOT NULL, PRIMARY KEY (ip_addr)",
  /** vpopmail's of today. */
  newer: "ip_addr varchar(39) NOT NULL, timestamp int NOT NULL, PRIMARY KEY (ip_addr)",
  /** Mail::Toaster's. */
  toaster:
    "ip_addr char(18) NOT NULL, timestamp char(12) NOT NULL, name char(64), PRIMARY KEY (ip_addr), UNIQUE KEY (ip_addr)",
} as const;

export const relayUser = { user: "roaming", password: "relay's secret", database: "vpopmail" };

/** The database, its user and an empty table.
 * @param columns as CREATE TABLE has them; empty for no table
 * @param rights of the user */
export async function createRelayTableFor(
  server: MariaDb,
  columns: string,
  rights = "SELECT, INSERT, DELETE",
): Promise<void> {
  const users = ["localhost", "127.0.0.1"].map((host) => `roaming@${host}`);
  await server.query(`
    CREATE DATABASE IF NOT EXISTS vpopmail CHARACTER SET latin1;
    DROP TABLE IF EXISTS vpopmail.relay;
    CREATE TABLE vpopmail.relay (${columns === "" ? "nothing int" : columns});
    ${users.map((user) => `CREATE OR REPLACE USER ${user} IDENTIFIED BY 'relay\\'s secret'; GRANT ${rights} ON vpopmail.relay TO ${user};`).join("\n")}
    ${columns === "" ? "DROP TABLE vpopmail.relay;" : ""}
  `);
}

/** As vpopmail does after a login. */
export async function insertRow(
  server: MariaDb,
  address: string,
  seconds: number | string = Math.floor(Date.now() / 1000),
): Promise<void> {
  const sql = `REPLACE INTO relay (ip_addr, timestamp) VALUES ('${address}', '${seconds}')`;
  await server.query(sql, "vpopmail");
}

export async function readRows(server: MariaDb): Promise<ReadonlyMap<string, number>> {
  const rows = await server.query("SELECT ip_addr, timestamp + 0 AS at FROM relay", "vpopmail");
  return new Map(rows.map((row) => [String(row["ip_addr"]), Number(row["at"])]));
}
