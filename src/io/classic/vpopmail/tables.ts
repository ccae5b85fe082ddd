// vpopmail's users in its MySQL or MariaDB tables.

import { errorText } from "../../../core/error-text.ts";
import type { Address } from "../../../core/mail/address.ts";
import { type Domain, parseDomain } from "../../../core/mail/domain.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import { type Database, DatabaseProblem, type Query, type Row } from "./database.ts";
import {
  type DomainLimits,
  limitFlags,
  type LookUpFailure,
  type VpopmailDirectory,
  type VpopmailUser,
} from "./mailbox.ts";

/** How vpopmail was built: all users in the table `vpopmail`, or each domain's in a table of its own
 * (`--disable-many-domains`), which is called as the domain with `_` for `.` and `-`. */
export type TableLayout = "one" | "per-domain";

export function createVpopmailTables(database: Database, layout: TableLayout): VpopmailDirectory {
  return {
    name: "vpopmail-mysql",
    find: (mailbox) => look(database, (query) => findUser(query, layout, mailbox)),
    close: () => Promise.resolve(database.close()),
  };
}

async function look(
  database: Database,
  work: (query: Query) => Promise<VpopmailUser | undefined>,
): Promise<Result<VpopmailUser | undefined, LookUpFailure>> {
  try {
    return good(await database.run(work));
  } catch (error) {
    const fault = error instanceof DatabaseProblem ? error.fault : "unavailable";
    return bad({ fault, why: `the database: ${errorText(error)}` });
  }
}

async function findUser(
  query: Query,
  layout: TableLayout,
  mailbox: Address,
): Promise<VpopmailUser | undefined> {
  const real = await findRealDomain(query, mailbox.domain);
  const { local } = mailbox;
  const domain = real ?? mailbox.domain;
  // All is asked before anything is looked at: who does not exist takes as long as who does.
  const rows = await userRows(query, layout, { local, domain });
  const limits = await findLimits(query, domain);
  const aliasDomains = await findAliasDomains(query, domain);
  // Their collations take é for e, and a name with spaces behind it for the name: we do not.
  const row = rows.find((each) => text(each["pw_name"]) === local && isOf(each, layout, domain));
  if (row === undefined) return undefined;
  const clearPassword = text(row["pw_clear_passwd"]);
  return {
    mailbox: { local, domain },
    aliasDomains,
    password: text(row["pw_passwd"]),
    flags: limitFlags(Number(row["pw_gid"] ?? 0), limits),
    ...(clearPassword !== "" && { clearPassword }),
  };
}

/** All columns, because older tables have fewer. */
function userRows(query: Query, layout: TableLayout, { local, domain }: Address) {
  if (layout === "one") {
    const sql = "SELECT * FROM vpopmail WHERE pw_name = ? AND pw_domain = ?";
    return query(sql, [local, domain]);
  }
  return rowsIfThere(query, `SELECT * FROM \`${tableOf(domain)}\` WHERE pw_name = ?`, [local]);
}

/** Letters, digits and _ only, whatever the domain: the name stands in the query's text. */
function tableOf(domain: Domain): string {
  return domain.replace(/[^a-z0-9]/g, "_");
}

/** Two domains may share a table's name (`a-b.example` and `a.b.example`): the mailbox's folder says
 * whose user it is. */
function isOf(row: Row, layout: TableLayout, domain: Domain): boolean {
  if (layout === "one") return text(row["pw_domain"]) === domain;
  return text(row["pw_dir"]).split("/").includes(domain);
}

async function findRealDomain(query: Query, alias: Domain): Promise<Domain | undefined> {
  const sql = "SELECT alias, domain FROM aliasdomains WHERE alias = ?";
  const rows = await rowsIfThere(query, sql, [alias]);
  const row = rows.find((each) => text(each["alias"]) === alias);
  return row && parseDomain(text(row["domain"]));
}

async function findAliasDomains(query: Query, domain: Domain): Promise<readonly Domain[]> {
  const sql = "SELECT alias, domain FROM aliasdomains WHERE domain = ?";
  const rows = await rowsIfThere(query, sql, [domain]);
  return rows.flatMap((row) => {
    const alias = text(row["domain"]) === domain ? parseDomain(text(row["alias"])) : undefined;
    return alias === undefined ? [] : [alias];
  });
}

async function findLimits(query: Query, domain: Domain): Promise<DomainLimits> {
  const rows = await rowsIfThere(query, "SELECT * FROM limits WHERE domain = ?", [domain]);
  const row = rows.find((each) => text(each["domain"]) === domain) ?? {};
  const isSet = (column: string): boolean => Number(row[column] ?? 0) !== 0;
  return {
    noSmtp: isSet("disable_smtp"),
    noPop: isSet("disable_pop"),
    noImap: isSet("disable_imap"),
    noRelay: isSet("disable_relay"),
  };
}

/** vpopmail makes most tables when it first needs them. */
async function rowsIfThere(query: Query, sql: string, values: readonly string[]) {
  try {
    return await query(sql, values);
  } catch (error) {
    if (error instanceof DatabaseProblem && error.code === "ER_NO_SUCH_TABLE") return [];
    throw error;
  }
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return Buffer.isBuffer(value) ? value.toString() : "";
}
