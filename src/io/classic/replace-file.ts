import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Puts a whole new file in another's place, so that whoever reads it sees the one or the other:
 * written beside it, synced, and renamed over it. */
export async function replaceFile(path: string, octets: Uint8Array, mode = 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(octets);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
