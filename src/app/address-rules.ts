// The address rules of a configuration, for those that serve by them and those that look at them.

import { type ConfigurationProblem, formatProblem } from "../core/config/problem.ts";
import type { AddressRuleSettings, Place } from "../core/config/settings.ts";
import { problemAt } from "../core/config/source.ts";
import { noRules, type ReadRules } from "../core/rules/builder.ts";
import { readRulesFile, type RulesFile } from "../io/classic/rules-file.ts";
import { ConfigurationError } from "./errors.ts";

export type FileSettings = Extract<AddressRuleSettings, { kind: "file" }>;

/** Reads the rules, wherever they are written.
 * @throws {ConfigurationError} with all that is wrong with their file, a line each. */
export async function readAddressRules(rules: AddressRuleSettings | undefined): Promise<ReadRules> {
  if (rules === undefined) return noRules();
  return rules.kind === "list" ? rules : readNamedFile(rules);
}

/** Reads the file that the configuration names.
 * @throws {ConfigurationError} */
export async function readNamedFile({ path, place }: FileSettings): Promise<RulesFile> {
  const read = await readRulesFile(path);
  if (read.ok) return read.value;
  const problems = read.problem.map((problem) => placed(problem, place));
  throw new ConfigurationError(problems.map(formatProblem).join("\n"));
}

/** What is wrong with a file as a whole is said where the configuration names it. */
function placed(problem: ConfigurationProblem, place: Place): ConfigurationProblem {
  if (problem.position !== undefined) return problem;
  return problemAt(place, ["relay", "rules"], `${problem.file}: ${problem.text}`);
}
