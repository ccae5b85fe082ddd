// Which configuration file is meant.

import { access, lstat, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { ConfigurationProblem } from "../../core/config/problem.ts";
import { bad, good, type Result } from "../../core/result.ts";

/** Where a configuration is looked for when none is named, the first one first. */
const standardFiles: readonly string[] = ["bailiwick.yaml", "/etc/bailiwick/bailiwick.yaml"];

/** The path of the file to read: the one that was named, whether it exists or not, or else the first
 * of `candidates` that exists. */
export async function findConfiguration(
  explicit?: string,
  candidates: readonly string[] = standardFiles,
): Promise<Result<string, ConfigurationProblem>> {
  if (explicit !== undefined) return good(explicit);
  for (const candidate of candidates) {
    // oxlint-disable-next-line no-await-in-loop -- in their order
    if (!(await exists(candidate))) continue;
    // oxlint-disable-next-line no-await-in-loop
    if (isAbsolute(candidate) || !(await isOthers(candidate))) return good(candidate);
    const text =
      "other users can write this file, and root would do what it says: run it as its owner, or " +
      `name it, if you mean it: -c ${candidate}`;
    return bad({ file: candidate, key: "", text });
  }
  const [first = "", ...others] = candidates;
  const text = ["there is no such file", ...others.map((file) => `nor ${file}`)].join(", ");
  return bad({ file: first, key: "", text: `${text}; write one, or name one with -c FILE` });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether root may have come upon it in a folder of somebody who waited for that. */
async function isOthers(path: string): Promise<boolean> {
  if (process.geteuid?.() !== 0) return false;
  const [link, file] = await Promise.all([lstat(path), stat(path)]);
  return link.uid !== 0 || file.uid !== 0 || (file.mode & 0o022) !== 0;
}
