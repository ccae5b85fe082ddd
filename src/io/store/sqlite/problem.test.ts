import assert from "node:assert/strict";
import test from "node:test";
import { isLasting, isOfOneUnit, problemOf } from "./problem.ts";

/** As node:sqlite throws it. */
function sqliteError(errcode: number): Error {
  return Object.assign(new Error("what SQLite says"), { code: "ERR_SQLITE_ERROR", errcode });
}

test("each code is the problem that its finder must act on", () => {
  const kinds = [5, 8, 266, 778, 1034, 1290, 11, 267, 13, 14, 26, 19, 1555, 2067, 1, 20].map(
    (code) => `${code} ${problemOf(sqliteError(code), "/s.db").kind}`,
  );
  assert.deepEqual(kinds, [
    "5 locked",
    "8 failed",
    "266 failed", // SQLITE_IOERR_READ
    "778 failed", // SQLITE_IOERR_WRITE
    "1034 unsynced",
    "1290 unsynced",
    "11 damaged",
    "267 damaged", // SQLITE_CORRUPT_VTAB
    "13 full",
    "14 failed",
    "26 damaged",
    "19 refused", // SQLITE_CONSTRAINT of another sort: NOT NULL and the like
    "1555 conflict",
    "2067 conflict",
    "1 refused",
    "20 refused",
  ]);
});

test("a failed sync and damage last; conflicts and refusals are one unit's own", () => {
  const lasting = [1034, 11, 13, 10, 2067].map((code) =>
    isLasting(problemOf(sqliteError(code), "/s.db")),
  );
  assert.deepEqual(lasting, [true, true, false, false, false]);
  const own = [2067, 1, 13, 1034].map((code) => isOfOneUnit(problemOf(sqliteError(code), "/s.db")));
  assert.deepEqual(own, [true, true, false, false]);
});

test("a file system without space is full, whoever found out", () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, mkdir"), {
    code: "ENOSPC",
    syscall: "mkdir",
  });
  const { kind, message } = problemOf(error, "/s.db");
  assert.equal(kind, "full");
  assert.match(message, /^store \/s\.db: there is no space left.*ENOSPC/);
});
