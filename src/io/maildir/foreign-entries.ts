// Reads another server's list, whatever its format.

import { errorCode } from "../error-code.ts";
import { courierList } from "./courier-list.ts";
import { dovecotUidlist } from "./dovecot-uidlist.ts";
import type { ForeignEntry, ForeignFormat, ForeignHead, ForeignServer } from "./foreign-list.ts";
import { notAFile, pathIn, readLines } from "./read-file.ts";

export const foreignFormats: Readonly<Record<ForeignServer, ForeignFormat>> = {
  dovecot: dovecotUidlist,
  courier: courierList,
};

/** Calls `take` for each entry. The head comes back with the number that really is next: entries are
 * added without changing it. Undefined where there is no such list; lines that make no sense are passed
 * over, as that server would do. */
export async function readForeignList(
  folder: string,
  server: ForeignServer,
  take: (entry: ForeignEntry) => void,
): Promise<ForeignHead | undefined> {
  const { file, readHead, readEntry } = foreignFormats[server];
  let head: ForeignHead | undefined;
  let next = 0;
  try {
    for await (const lines of readLines(pathIn(folder, file))) {
      for (const line of lines) {
        if (head === undefined) {
          head = readHead(line);
          if (head === undefined) return undefined;
          next = head.next;
          continue;
        }
        const entry = readEntry(line, head);
        if (entry === undefined) continue;
        next = Math.max(next, entry.number + 1);
        take(entry);
      }
    }
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  return head && { ...head, next };
}

/** A link or a pipe in the list's place is no list. */
function isAbsence(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ELOOP" || code === notAFile;
}
