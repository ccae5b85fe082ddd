// Folders of domains and of users, wherever among its subfolders vpopmail put them.

import { join } from "node:path";
import type { InstallationReader } from "./reader.ts";

/** Folders of one character, in each other, among which vpopmail spreads many domains or users. */
const deepest = 3;

/** Those below a folder whose names are wanted, and of those that they are spread over. */
export async function namedFolders(
  reader: InstallationReader,
  folder: string,
  isWanted: (name: string) => boolean,
  depth = deepest,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await reader.names(folder)) {
    const path = join(folder, name);
    const isSpread = /^[0-9A-Za-z]$/.test(name) && depth > 0;
    // oxlint-disable-next-line no-await-in-loop
    if (!(isWanted(name) || isSpread) || !(await reader.isFolder(path))) continue;
    if (isWanted(name)) found.push(path);
    // oxlint-disable-next-line no-await-in-loop
    if (isSpread) found.push(...(await namedFolders(reader, path, isWanted, depth - 1)));
  }
  return found;
}
