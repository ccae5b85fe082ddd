// Small files of ours in a mailbox. A symbolic link in their place is not followed.

import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory } from "./directories.ts";

/** Puts a whole file in the place of another, for good: both survive whatever happens meanwhile, one
 * or the other.
 * @param text one character for each octet */
export async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, "wx", 0o600);
  try {
    await file.writeFile(text, "latin1");
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  await syncDirectory(dirname(path));
}

/** Adds to a file, which is made where there is none. What breaks off may leave a part of the text.
 * @param text one character for each octet */
export async function appendToFile(path: string, text: string): Promise<void> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text, "latin1");
  } finally {
    await file.close();
  }
}
