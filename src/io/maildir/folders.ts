// Folders of a mailbox, as they are found: nothing below the root may be a symbolic link, for that could
// lead into another's mailbox, or out of all of them. The root itself may be one.

import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../error-code.ts";

/** Something else stands where a folder of a mailbox should be. */
export class NotAFolder extends Error {
  /** @param name the folder's own, without the path to it */
  constructor(name: string) {
    super(`where the folder ${name} should be there is a symbolic link, or a file`);
    this.name = "NotAFolder";
  }
}

export interface Folder {
  /** When an entry came, went or changed its name: nanoseconds. */
  readonly changed: bigint;
}

/** Undefined where there is nothing; rejects with `NotAFolder` where there is something else. */
export async function findFolder(path: string): Promise<Folder | undefined> {
  try {
    const found = await lstat(path, { bigint: true });
    if (!found.isDirectory()) throw new NotAFolder(path.slice(path.lastIndexOf("/") + 1));
    return { changed: found.mtimeNs };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether there is a mailbox in `folder`, which is `ROOT/DOMAIN/LOCALPART`. Rejects with `NotAFolder`
 * where a symbolic link leads to it, or stands in it. */
export async function hasMailbox(folder: string): Promise<boolean> {
  for (const path of [dirname(folder), folder]) {
    // oxlint-disable-next-line no-await-in-loop -- from the root down
    if ((await findFolder(path)) === undefined) return false;
  }
  await Promise.all(["tmp", "new", "cur"].map((name) => findFolder(join(folder, name))));
  return true;
}
