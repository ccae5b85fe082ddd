// The files that `tls` names, as the start reads them and `check` tries them.

import { readFile } from "node:fs/promises";
import { errorText } from "../../core/error-text.ts";
import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { Settings } from "../../core/config/settings.ts";
import { problemAt } from "../../core/config/source.ts";
import { readKeyPair } from "../../io/tls/key-pair.ts";
import { ConfigurationError } from "../errors.ts";

/** Makes none where none is configured. Returns what is worth a warning.
 * @throws {ConfigurationError} with all that cannot be used, a line each, with its place. */
export async function tryCertificateFiles(
  settings: Settings,
): Promise<readonly ConfigurationProblem[]> {
  const authorities = await readClientAuthorities(settings);
  const problems: string[] = [];
  const warnings: ConfigurationProblem[] = [];
  for (const files of settings.tls.certificates) {
    const pair = await readKeyPair(files, authorities);
    if (!pair.ok) problems.push(formatProblem(problemAt(files.place, ["tls"], pair.problem)));
    else if (pair.value.warning !== undefined) {
      warnings.push(problemAt(files.place, ["tls", "key"], pair.value.warning));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
  return warnings;
}

/** PEM; undefined where no client is asked for a certificate.
 * @throws {ConfigurationError} */
export async function readClientAuthorities({ tls }: Settings): Promise<string | undefined> {
  const path = tls.clientAuthorities;
  if (path === undefined) return undefined;
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    throw new ConfigurationError(`tls.client-authorities: ${path}: ${errorText(error)}`);
  }
}
