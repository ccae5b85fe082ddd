// vpopmail's tables, read as a whole: users, other names of domains, aliases.

import { readDatabaseUrl } from "../../../core/config/values/database-url.ts";
import { errorText } from "../../../core/error-text.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import type { DatabaseAccess } from "../../../core/toaster/database-file.ts";
import type { DatabaseContent } from "../../../core/toaster/toaster.ts";
import { isPossibleName, isQuota, type ListedUser } from "../../../core/toaster/vpasswd.ts";
import { createDatabase, type Query, type Row } from "../vpopmail/database.ts";

export interface TableContent extends DatabaseContent {
  /** By the domain that holds them. */
  readonly users: ReadonlyMap<string, readonly ListedUser[]>;
  /** Rows that cannot be users of vpopmail's. */
  readonly oddities: number;
}

/** Milliseconds for all of it: a large table is a few megabytes. */
const timeout = 60_000;

/** Nothing is written, and the password is in no problem's text. */
export async function readTables({
  url,
  password,
}: DatabaseAccess): Promise<Result<TableContent, string>> {
  const parsed = readDatabaseUrl(url);
  if (!parsed.ok) return parsed;
  const database = createDatabase({ ...parsed.value, password, atOnce: 1, timeout });
  try {
    return good(await database.run((query) => readAll(query, parsed.value.database, url)));
  } catch (error) {
    return bad(errorText(error));
  } finally {
    database.close();
  }
}

async function readAll(query: Query, database: string, url: string): Promise<TableContent> {
  const tables = await tableNames(query, database);
  const layout = tables.has("vpopmail") ? "one" : "per-domain";
  const rows =
    layout === "one"
      ? await query("SELECT * FROM vpopmail", [])
      : await rowsOfAll(query, await userTables(query, database));
  const { users, oddities } = sortUsers(rows, url);
  return {
    layout,
    users,
    oddities,
    aliasDomains: tables.has("aliasdomains")
      ? (await query("SELECT alias, domain FROM aliasdomains", [])).map((row) => ({
          alias: text(row["alias"]),
          domain: text(row["domain"]),
        }))
      : [],
    aliases: tables.has("valias")
      ? (await query("SELECT alias, domain, valias_line FROM valias", [])).map((row) => ({
          local: text(row["alias"]),
          domain: text(row["domain"]),
          line: text(row["valias_line"]),
        }))
      : [],
    hasRelayTable: tables.has("relay"),
  };
}

async function tableNames(query: Query, database: string): Promise<ReadonlySet<string>> {
  const sql = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?";
  return new Set((await query(sql, [database])).map((row) => text(row["name"])));
}

/** `--disable-many-domains`: one for each domain, told by its columns. */
async function userTables(query: Query, database: string): Promise<readonly string[]> {
  const sql =
    "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = ? AND column_name = 'pw_passwd'";
  const names = (await query(sql, [database])).map((row) => text(row["name"]));
  return names.filter((name) => /^[a-z0-9_]+$/.test(name));
}

async function rowsOfAll(query: Query, tables: readonly string[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one connection
  for (const table of tables) rows.push(...(await query(`SELECT * FROM \`${table}\``, [])));
  return rows;
}

function sortUsers(rows: readonly Row[], url: string): Pick<TableContent, "users" | "oddities"> {
  const users = new Map<string, ListedUser[]>();
  let oddities = 0;
  for (const row of rows) {
    const name = text(row["pw_name"]);
    const folder = text(row["pw_dir"]);
    // A table of a domain's own does not name it, and its users' folders do.
    const domain = text(row["pw_domain"]) || domainOf(folder);
    if (!isPossibleName(name) || domain === "") {
      oddities++;
      continue;
    }
    const user: ListedUser = {
      name,
      password: text(row["pw_passwd"]),
      keepsClear: text(row["pw_clear_passwd"]) !== "",
      hasQuota: isQuota(text(row["pw_shell"])),
      flags: Number(row["pw_gid"] ?? 0),
      folder,
      at: { path: url },
    };
    const others = users.get(domain);
    if (others === undefined) users.set(domain, [user]);
    else others.push(user);
  }
  return { users, oddities };
}

/** `…/domains/0/example.org/0/alice`: the part with a dot in it. */
function domainOf(folder: string): string {
  const parts = (/\/domains\/(.+)$/.exec(folder)?.[1] ?? "").split("/");
  return parts.find((part) => part.length > 1 && part.includes(".")) ?? "";
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return Buffer.isBuffer(value) ? value.toString() : "";
}
