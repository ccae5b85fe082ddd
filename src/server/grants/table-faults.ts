// What is wrong with the relay table and its rows, in words: what, and what to do.

import { errorText } from "../../core/error-text.ts";
import type { RowFault, WrittenRow } from "../../core/grants/relay-row.ts";
import { DatabaseProblem } from "../../io/classic/vpopmail/database.ts";

export interface TableNames {
  readonly user: string;
  readonly database: string;
  readonly table: string;
}

export function explainProblem(error: unknown, names: TableNames): string {
  return `${errorText(error)}${adviceFor(error, names)}`;
}

function adviceFor(error: unknown, { user, database, table }: TableNames): string {
  if (!(error instanceof DatabaseProblem)) return "";
  switch (error.code) {
    case "ER_NO_SUCH_TABLE":
      return "; vpopmail makes it at the first login, or name another in relay.roaming.relay-table.table";
    case "ER_TABLEACCESS_DENIED_ERROR":
    case "ER_COLUMNACCESS_DENIED_ERROR":
      return `; in the database: GRANT SELECT ON ${database}.${table} TO ${user}, and INSERT, DELETE where write is true`;
    default:
      return "";
  }
}

const faultTexts: Readonly<Record<RowFault, string>> = {
  "no-address": "hold no address; delete them",
  prefix:
    "hold a prefix, which lets nobody relay: networks belong into relay.networks or relay.rules; delete them",
  "cut-off":
    "hold an IPv6 address that may have been cut off: make the column ip_addr varchar(39), as newer versions of vpopmail have it",
  "not-a-client":
    "hold an address of this host or of nobody, which lets nobody relay: a webmail's host may belong into relay.networks",
  "no-time": "hold no time in seconds since 1970 in timestamp; delete them",
  future:
    "are from more than a day ahead and let nobody relay: look at the clock of the host that wrote them, and delete them",
};

/** `3 rows, such as "1.2.3.", hold a prefix …`. */
export function explainRows(fault: RowFault, rows: readonly WrittenRow[]): string {
  const [first] = rows;
  const example = JSON.stringify(
    fault === "no-time" || fault === "future" ? first?.timestamp : first?.address,
  );
  const text = faultTexts[fault];
  if (rows.length > 1) return `${rows.length} rows, such as the one with ${example}, ${text}`;
  return `1 row, with ${example}, ${text}`;
}
