import assert from "node:assert/strict";
import test from "node:test";
import { isCollision, isConnectionLost, OutOfTime, problemOf } from "./problem.ts";

const place = { at: { host: "h", port: 1 }, user: "u", password: "p", database: "d" } as const;

/** As mysql2 hands on what the server says. */
function said(errno: number, code: string, text = "what the server says"): Error {
  return Object.assign(new Error(text), { errno, code, sqlState: "HY000" });
}

/** As the system says it, or mysql2 of the connection. */
function lost(code: string | undefined): Error {
  return Object.assign(new Error("connection lost"), { fatal: true, errno: -111, code });
}

test("what went wrong is sorted by what the caller does about it", () => {
  const kinds: readonly [Error, string][] = [
    [said(1062, "ER_DUP_ENTRY"), "conflict"],
    [said(1114, "ER_RECORD_FILE_FULL"), "full"],
    [said(1205, "ER_LOCK_WAIT_TIMEOUT"), "unavailable"],
    [said(1213, "ER_LOCK_DEADLOCK"), "unavailable"],
    [said(1040, "ER_CON_COUNT_ERROR"), "unavailable"],
    [said(1290, "ER_OPTION_PREVENTS_STATEMENT"), "unavailable"],
    [said(1045, "ER_ACCESS_DENIED_ERROR"), "failed"],
    [said(1406, "ER_DATA_TOO_LONG"), "refused"],
    [said(9999, "ER_OF_A_LATER_VERSION"), "refused"],
    [lost("ECONNRESET"), "unavailable"],
    [lost(undefined), "unavailable"],
    [new OutOfTime("no answer"), "unavailable"],
    [new TypeError("a bug of ours"), "refused"],
  ];
  for (const [error, kind] of kinds) {
    const problem = problemOf(error, place);
    assert.equal(problem.kind, kind, error.message);
    assert.match(problem.message, /^the store \(database d, user u, at h:1\): .+ \(.+\)$/);
  }
});

test("what is worth another try is told from what is not", () => {
  const lock = said(1213, "ER_LOCK_DEADLOCK");
  assert.deepEqual([isCollision(lock), isConnectionLost(lock)], [true, false]);
  assert.deepEqual([isCollision(lost("EPIPE")), isConnectionLost(lost("EPIPE"))], [false, true]);
  assert.equal(isConnectionLost(new OutOfTime("no answer")), true);
});

test("statements that would help are written out", () => {
  const denied = said(1044, "ER_DBACCESS_DENIED_ERROR", "denied for user 'u'@'localhost' to 'd'");
  assert.match(
    problemOf(denied, place).message,
    /grant it: GRANT ALL ON d\.\* TO u@localhost, or correct the name \(denied/,
  );
  const odd = { ...place, database: "my`mail", user: "o'neil" };
  assert.match(
    problemOf(said(1142, "ER_TABLEACCESS_DENIED_ERROR"), odd).message,
    /GRANT ALL ON `my``mail`\.\* TO 'o\\'neil'@'%' \(/,
  );
  assert.match(
    problemOf(said(1049, "ER_BAD_DB_ERROR"), { ...place, database: "my-mail" }).message,
    /CREATE DATABASE `my-mail`, or correct the name/,
  );
});
