// The store's file and directory, as they must be before SQLite opens them.

import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UnfitFile } from "./problem.ts";

/** Makes directory (0700) and file (0600) where they are missing; others are left as they are. The
 * new names are synced, for SQLite syncs the file's own directory only. */
export function makeFile(path: string): void {
  const directory = dirname(resolve(path));
  const firstMade = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (firstMade !== undefined) syncDirectories(directory, dirname(firstMade));
  try {
    // Exclusively: to open and close a file that SQLite has open would drop its POSIX locks.
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    if (!statSync(path).isFile()) throw new UnfitFile("failed", "not a file");
  }
}

function syncDirectories(from: string, to: string): void {
  for (let directory = from; ; directory = dirname(directory)) {
    const descriptor = openSync(directory, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
    if (directory === to) return;
  }
}

/** Octets of the store's file. Where it is empty but its log is not, SQLite would take the log for
 * a stranger's and delete it: that is refused here. */
export function sizeOf(path: string): number {
  const { size } = statSync(path);
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (size === 0 && log !== undefined && log.size > 0) {
    throw new UnfitFile("damaged", "the file is empty, its log is not");
  }
  return size;
}
