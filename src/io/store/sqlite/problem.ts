// From SQLite's result codes to the store's problems (https://sqlite.org/rescode.html).

import { errorText } from "../../../core/error-text.ts";
import type { StoreProblem, StoreProblemKind } from "../error.ts";

/** Primary codes: the low eight bits of an extended one. */
const primaryKinds: ReadonlyMap<number, StoreProblemKind> = new Map([
  [5, "locked"], // SQLITE_BUSY
  [7, "failed"], // SQLITE_NOMEM
  [8, "failed"], // SQLITE_READONLY
  [10, "failed"], // SQLITE_IOERR
  [11, "damaged"], // SQLITE_CORRUPT
  [13, "full"], // SQLITE_FULL
  [14, "failed"], // SQLITE_CANTOPEN
  [26, "damaged"], // SQLITE_NOTADB
]);

const extendedKinds: ReadonlyMap<number, StoreProblemKind> = new Map([
  [1034, "unsynced"], // SQLITE_IOERR_FSYNC
  [1290, "unsynced"], // SQLITE_IOERR_DIR_FSYNC
  [1555, "conflict"], // SQLITE_CONSTRAINT_PRIMARYKEY
  [2067, "conflict"], // SQLITE_CONSTRAINT_UNIQUE
  [2579, "conflict"], // SQLITE_CONSTRAINT_ROWID
]);

const advice: Readonly<Record<StoreProblemKind, string>> = {
  full: "there is no space left for it; free some, and it goes on by itself",
  locked: "it is in use by another process; stop that one, or talk to it instead",
  damaged:
    "it is damaged, and is left as it is; keep a copy, then restore a backup or use sqlite3's .recover",
  unsynced:
    "the disk refused to sync it, so what was written last may be gone; check the disk, then start again",
  failed: "it cannot be read or written; see to its path, permissions and disk",
  conflict: "a row with that key exists already",
  refused: "a statement cannot be carried out",
  newer: "a newer version of the program wrote it",
  missing: "something is missing from it",
  unavailable: "it cannot be used now",
  closed: "it is closed",
};

/** `error` is whatever node:sqlite or node:fs threw. */
export function problemOf(error: unknown, path: string): StoreProblem {
  const kind = kindOf(error);
  const detail = errorText(error);
  return { kind, message: `store ${path}: ${advice[kind]} (${detail})` };
}

function kindOf(error: unknown): StoreProblemKind {
  if (error instanceof UnfitFile) return error.kind;
  if (!(error instanceof Error)) return "refused";
  if ("syscall" in error) return "code" in error && error.code === "ENOSPC" ? "full" : "failed";
  const code = "errcode" in error ? Number(error.errcode) : 0;
  return extendedKinds.get(code) ?? primaryKinds.get(code & 0xff) ?? "refused";
}

/** Whether it lies in the one unit, so that the others of its group can go on without it. */
export function isOfOneUnit({ kind }: StoreProblem): boolean {
  return kind === "conflict" || kind === "refused";
}

/** Whether nothing may be written any more until people have looked at it. */
export function isLasting({ kind }: StoreProblem): boolean {
  return kind === "damaged" || kind === "unsynced";
}

/** What we found wrong with the file ourselves. */
export class UnfitFile extends Error {
  override readonly name = "UnfitFile";
  readonly kind: StoreProblemKind;

  constructor(kind: StoreProblemKind, finding: string) {
    super(finding);
    this.kind = kind;
  }
}
