// What is to be written, or what is there already and holds.

import { lstat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseConfiguration } from "../../core/config/parse.ts";
import { formatProblem } from "../../core/config/problem.ts";
import type { Settings } from "../../core/config/settings.ts";
import { type Answers, smartHostPasswordFile } from "../../core/first-run/answers.ts";
import { formatAnswers } from "../../core/first-run/document.ts";
import { loadSettings } from "../configuration.ts";
import { ConfigurationError } from "../errors.ts";
import type { NewFile } from "./write.ts";

export interface Plan {
  /** The configuration's path. */
  readonly file: string;
  readonly settings: Settings;
  /** The configuration comes last, when all that it names is there. Empty where it is there already. */
  readonly files: readonly NewFile[];
}

export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** @throws {ConfigurationError} where that configuration is not in order */
export async function planFromFile(file: string): Promise<Plan> {
  return { file, settings: await loadSettings(file), files: [] };
}

/** @param askPassword is called where the smart host's is needed, and no file holds it yet
 * @throws {ConfigurationError} where the answers make no configuration */
export async function planFromAnswers(
  file: string,
  answers: Answers,
  askPassword: (whose: string) => Promise<string>,
): Promise<Plan> {
  const text = formatAnswers(answers);
  const settings = parseConfiguration(text, { file, folder: dirname(resolve(file)) });
  if (!settings.ok) {
    throw new ConfigurationError(settings.problem.map(formatProblem).join("\n"));
  }
  const secret = await planSecret(join(dirname(file), smartHostPasswordFile), answers, askPassword);
  return {
    file,
    settings: settings.value,
    files: [...secret, { path: file, text, isSecret: false }],
  };
}

/** None where there is no login, or a run that was cut off has left it. */
async function planSecret(
  path: string,
  { way }: Answers,
  askPassword: (whose: string) => Promise<string>,
): Promise<readonly NewFile[]> {
  if (way.kind === "direct" || way.user === undefined || (await isThere(path))) return [];
  const password = await askPassword(`${way.user} at ${way.host}`);
  return [{ path, text: `${password}\n`, isSecret: true }];
}
