// Does the configuration hold, with the files that it names, and is it no open relay?

import { type ConfigurationProblem, formatProblem } from "../config/problem.ts";
import { formatFinding } from "../policy/proof/finding.ts";
import { problemsOf, type Proof, warningsOf } from "../policy/proof/prove.ts";
import { isAboutNetworks } from "./networks.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface ConfigurationFacts {
  readonly file: string;
  /** What the files say that a start reads beside it: problems as lines, each with its remedy. */
  readonly fileProblems: readonly string[];
  readonly fileWarnings: readonly ConfigurationProblem[];
  readonly proof: Proof;
}

export function judgeConfiguration(facts: ConfigurationFacts): readonly Finding[] {
  const { file, fileProblems, fileWarnings, proof } = facts;
  const others = proof.findings.filter((each) => !isAboutNetworks(each));
  const found = [
    ...fileProblems.map((line) => problem(line, { why: "the server does not start with that" })),
    ...problemsOf(others).map((each) =>
      problem(formatFinding(each), { why: "strangers could relay, so the server does not start" }),
    ),
    ...fileWarnings.map((each) => warning(formatProblem(each), {})),
    ...warningsOf(others).map((each) => warning(formatFinding(each), {})),
  ];
  if (problemsOf(proof.findings).length > 0) return found;
  const who =
    proof.admissions.length === 0
      ? "nobody relays without a login"
      : "nobody relays without a login but those it names (`bailiwick check` lists them)";
  return [...found, ok(`${file} is in order and proven: ${who}`)];
}
