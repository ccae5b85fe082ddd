// Directories that are there, and that survive a loss of power.

import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasMailbox } from "./folders.ts";

/** Puts a directory's entries on disk. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Makes a Maildir where there is none, readable for nobody else, and puts every directory on disk
 * that leads to it, from `root`'s own entry down. Rejects with `NotAFolder` where a symbolic link would
 * lead elsewhere. */
export async function ensureMaildir(root: string, folder: string): Promise<void> {
  await hasMailbox(folder);
  for (const name of ["tmp", "new", "cur"]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  const beyond = dirname(dirname(root));
  for (let path = folder; path !== beyond && path !== dirname(path); path = dirname(path)) {
    await syncDirectory(path);
  }
}

/** The same for a folder within a mailbox, which the Maildir++ way marks as such. The mailbox has been
 * ensured before. */
export async function ensureSubfolder(root: string, folder: string): Promise<void> {
  await ensureMaildir(root, folder);
  await writeFile(join(folder, "maildirfolder"), "", { flag: "a", mode: 0o600 });
  await syncDirectory(folder);
}
