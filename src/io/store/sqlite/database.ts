// Opens the SQLite file the way a mail queue needs it.

import { DatabaseSync } from "node:sqlite";
import { UnfitFile } from "./problem.ts";
import { makeFile, sizeOf } from "./file.ts";

/** How long to wait for a process that is just about to close the store. */
const lockPatience = 200;

/** A check reads the whole file: about 100 ms for this much. */
const checkedOctets = 32 * 1024 * 1024;

/**
 * Measured with 4 KiB messages, kept and settled in groups of 50: page size 4096, a checkpoint every
 * 4,000 pages (16 MB) and 16 MB of cache cost least. No auto_vacuum: the pages that a burst leaves
 * free are used again, and a queue has no rest in which moving them would pay. secure_delete is off:
 * wiping each message would write it a third time. EXCLUSIVE keeps other processes out, and the
 * index of the log in our own memory.
 */
const settings = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = OFF;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16384;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 67108864;
`;

/** Opens the store's file, or makes a new one; takes it for this process alone. Throws what
 * `problemOf` understands; a file that is no SQLite database is never written to. */
export function openDatabase(path: string): DatabaseSync {
  makeFile(path);
  const size = sizeOf(path);
  const database = new DatabaseSync(path, {
    timeout: lockPatience,
    enableForeignKeyConstraints: false,
  });
  try {
    database.exec(settings);
    if (size <= checkedOctets) check(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: DatabaseSync): void {
  const finding = database.prepare("PRAGMA quick_check(1)").get();
  const verdict = String(finding?.["quick_check"]);
  if (verdict !== "ok") throw new UnfitFile("damaged", verdict);
}
