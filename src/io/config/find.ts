// Which configuration file is meant.

import { access } from "node:fs/promises";
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
  for (const candidate of candidates) if (await exists(candidate)) return good(candidate);
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
