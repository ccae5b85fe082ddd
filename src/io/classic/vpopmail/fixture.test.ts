// vpopmail's tables as its own programs make them, and users in them.

import type { MariaDb } from "../../../../test/support/mariadb.ts";

/** For the server that logs in: it may read, and nothing else. */
export const reader = { user: "vpopmail", password: 'reader\'s "secret"', database: "vpopmail" };

const columns = (withDomain: boolean, withClear: boolean): string => `
  pw_name char(32) NOT NULL,
  ${withDomain ? "pw_domain char(96) NOT NULL," : ""}
  pw_passwd char(128) DEFAULT NULL,
  pw_uid int(11) DEFAULT NULL,
  pw_gid int(11) DEFAULT NULL,
  pw_gecos char(48) DEFAULT NULL,
  pw_dir char(160) DEFAULT NULL,
  pw_shell char(20) DEFAULT NULL,
  ${withClear ? "pw_clear_passwd char(16) DEFAULT NULL," : ""}
  PRIMARY KEY (pw_name${withDomain ? ", pw_domain" : ""})`;

/** The database, its reader and the table of users. */
export async function createTables(server: MariaDb, { withClear = true } = {}): Promise<void> {
  await server.query(`
    DROP DATABASE IF EXISTS vpopmail;
    CREATE DATABASE vpopmail CHARACTER SET latin1 COLLATE latin1_swedish_ci;
    CREATE OR REPLACE USER vpopmail@localhost IDENTIFIED BY 'reader\\'s "secret"';
    CREATE OR REPLACE USER vpopmail@127.0.0.1 IDENTIFIED BY 'reader\\'s "secret"';
    GRANT SELECT ON vpopmail.* TO vpopmail@localhost;
    GRANT SELECT ON vpopmail.* TO vpopmail@127.0.0.1;
    CREATE TABLE vpopmail.vpopmail (${columns(true, withClear)});
  `);
}

export async function createAliasDomains(server: MariaDb): Promise<void> {
  await server.query(
    "CREATE TABLE aliasdomains (alias varchar(100) NOT NULL, domain varchar(100) NOT NULL, PRIMARY KEY (alias))",
    "vpopmail",
  );
}

export async function createLimits(server: MariaDb): Promise<void> {
  const flags = ["pop", "imap", "dialup", "passwordchanging", "webmail", "relay", "smtp"];
  const disable = flags.map((name) => `disable_${name} TINYINT(1) DEFAULT 0 NOT NULL`).join(", ");
  await server.query(
    `CREATE TABLE limits (domain CHAR(96) PRIMARY KEY, maxpopaccounts INT(10) NOT NULL DEFAULT -1, ${disable})`,
    "vpopmail",
  );
}

/** One of the tables of `--disable-many-domains`. */
export async function createTableOf(server: MariaDb, table: string): Promise<void> {
  await server.query(`CREATE TABLE ${table} (${columns(false, false)})`, "vpopmail");
}

export interface UserRow {
  readonly name: string;
  readonly domain: string;
  readonly password: string | null;
  readonly flags?: number | null;
  readonly clear?: string;
  /** Where each domain has its own. */
  readonly table?: string;
}

export async function addUser(server: MariaDb, row: UserRow): Promise<void> {
  const { name, domain, password, flags = 0, clear, table } = row;
  const values: Readonly<Record<string, string>> = {
    pw_name: quote(name),
    ...(table === undefined && { pw_domain: quote(domain) }),
    pw_passwd: quote(password),
    pw_uid: "0",
    pw_gid: String(flags),
    pw_gecos: quote(name),
    pw_dir: quote(`/home/vpopmail/domains/${domain}/${name}`),
    pw_shell: quote("NOQUOTA"),
    ...(clear !== undefined && { pw_clear_passwd: quote(clear) }),
  };
  const sql = `INSERT INTO ${table ?? "vpopmail"} (${Object.keys(values).join()}) VALUES (${Object.values(values).join()})`;
  await server.query(sql, "vpopmail");
}

function quote(text: string | null): string {
  return text === null ? "NULL" : `X'${Buffer.from(text, "latin1").toString("hex")}'`;
}
