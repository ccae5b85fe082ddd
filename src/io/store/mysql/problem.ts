// From the errors of MariaDB and MySQL to the store's problems
// (https://mariadb.com/kb/en/mariadb-error-code-reference/).

import { errorText } from "../../../core/error-text.ts";
import { errorCode } from "../../error-code.ts";
import type { StoreProblem, StoreProblemKind } from "../error.ts";
import { type MysqlPlace, namePlace } from "./place.ts";
import { remedyOf } from "./remedies.ts";

/** By the server's number. */
const kinds: ReadonlyMap<number, StoreProblemKind> = new Map([
  [1021, "full"], // ER_DISK_FULL
  [1114, "full"], // ER_RECORD_FILE_FULL
  [1062, "conflict"], // ER_DUP_ENTRY
  [1586, "conflict"], // ER_DUP_ENTRY_WITH_KEY_NAME
  [1044, "failed"], // ER_DBACCESS_DENIED_ERROR
  [1045, "failed"], // ER_ACCESS_DENIED_ERROR
  [1049, "failed"], // ER_BAD_DB_ERROR
  [1130, "failed"], // ER_HOST_NOT_PRIVILEGED
  [1142, "failed"], // ER_TABLEACCESS_DENIED_ERROR
  [1698, "failed"], // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  [1712, "failed"], // ER_INDEX_CORRUPT
  [1026, "unavailable"], // ER_ERROR_ON_WRITE
  [1030, "unavailable"], // ER_GET_ERRNO: of the storage engine
  [1037, "unavailable"], // ER_OUTOFMEMORY
  [1040, "unavailable"], // ER_CON_COUNT_ERROR
  [1041, "unavailable"], // ER_OUT_OF_RESOURCES
  [1047, "unavailable"], // ER_UNKNOWN_COM_ERROR: Galera, not ready
  [1053, "unavailable"], // ER_SERVER_SHUTDOWN
  [1129, "unavailable"], // ER_HOST_IS_BLOCKED
  [1135, "unavailable"], // ER_CANT_CREATE_THREAD
  [1152, "unavailable"], // ER_ABORTING_CONNECTION
  [1158, "unavailable"], // ER_NET_READ_ERROR
  [1159, "unavailable"], // ER_NET_READ_INTERRUPTED
  [1160, "unavailable"], // ER_NET_ERROR_ON_WRITE
  [1161, "unavailable"], // ER_NET_WRITE_INTERRUPTED
  [1180, "unavailable"], // ER_ERROR_DURING_COMMIT
  [1203, "unavailable"], // ER_TOO_MANY_USER_CONNECTIONS
  [1205, "unavailable"], // ER_LOCK_WAIT_TIMEOUT
  [1213, "unavailable"], // ER_LOCK_DEADLOCK
  [1226, "unavailable"], // ER_USER_LIMIT_REACHED
  [1290, "unavailable"], // ER_OPTION_PREVENTS_STATEMENT: read-only, while another one takes over
  [1317, "unavailable"], // ER_QUERY_INTERRUPTED
  [1836, "unavailable"], // ER_READ_ONLY_MODE
  [1927, "unavailable"], // ER_CONNECTION_KILLED
  [1969, "unavailable"], // ER_STATEMENT_TIMEOUT
  [3024, "unavailable"], // ER_QUERY_TIMEOUT
  [3159, "failed"], // ER_SECURE_TRANSPORT_REQUIRED
  [4031, "unavailable"], // ER_CLIENT_INTERACTION_TIMEOUT
]);

const advice: Readonly<Partial<Record<StoreProblemKind, string>>> = {
  full: "the server has no space left for it; free some, and it goes on by itself",
  unavailable: "the server cannot be used now; try again later",
  failed: "the server refuses us; see to the user, its password and rights, and the database",
  conflict: "a row with that key exists already",
  refused: "a statement cannot be carried out",
};

/** `error` is whatever mysql2 or the system threw. */
export function problemOf(error: unknown, place: MysqlPlace): StoreProblem {
  const kind = kindOf(error);
  const remedy = remedyOf(error, place) ?? advice[kind] ?? "it cannot be used";
  const said = errorText(error) || (errorCode(error) ?? "no answer");
  return { kind, message: `${namePlace(place)}: ${remedy} (${said})` };
}

/** Whoever meets it again may try once more: nothing of the transaction was kept. */
export function isCollision(error: unknown): boolean {
  const number = numberOf(error);
  return number === 1205 || number === 1213;
}

/** The server has no room for another connection. */
export function isCrowded(error: unknown): boolean {
  return [1040, 1203, 1226].includes(numberOf(error) ?? 0);
}

/** The connection is of no use any more, whatever was said on it last. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof OutOfTime) return true;
  return error instanceof Error && "fatal" in error && error.fatal === true;
}

/** The server says nothing. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

function kindOf(error: unknown): StoreProblemKind {
  const number = numberOf(error);
  if (number !== undefined) return kinds.get(number) ?? "refused";
  // Without a number of the server's, it is the connection that failed.
  return isConnectionLost(error) || errorCode(error) !== undefined ? "unavailable" : "refused";
}

function numberOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errno" in error) || !("sqlState" in error)) return undefined;
  return typeof error.errno === "number" ? error.errno : undefined;
}
