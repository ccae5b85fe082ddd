import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The new messages of a Maildir, which need not be there yet. */
export async function readMaildir(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, "new")).catch(() => []);
  return Promise.all(names.map((name) => readFile(join(folder, "new", name), "latin1")));
}
