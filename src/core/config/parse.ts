// A configuration file's text in, the settings or everything that is wrong with it out.

import { bad, good, type Result } from "../result.ts";
import { composeSettings } from "./compose.ts";
import { findContradictions } from "./contradictions.ts";
import { readDocument } from "./document.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { readValues } from "./schema/read.ts";
import type { Settings } from "./settings.ts";
import { problemAt, type Source } from "./source.ts";

export interface ConfigurationOrigin {
  /** The file's path as messages name it. */
  readonly file: string;
  /** The absolute path of the folder at which relative paths in the file start. */
  readonly folder: string;
}

/** Reads the text of a configuration file. There are three steps: its YAML, each value by itself,
 * the values together; the problems are all that the first failing step finds, in the file's order. */
export function parseConfiguration(
  text: string,
  { file, folder }: ConfigurationOrigin,
): Result<Settings, readonly ConfigurationProblem[]> {
  const document = readDocument(text);
  if (!document.ok) {
    return bad(
      document.problem.map(({ position, path, text: problem }) =>
        problemAt({ file, ...position }, path, problem),
      ),
    );
  }
  const source: Source = { file, folder, root: document.value };
  const values = readValues(source);
  if (!values.ok) return bad(inOrder(values.problem));
  const contradictions = findContradictions(values.value, source);
  if (contradictions.length > 0) return bad(inOrder(contradictions));
  return good(composeSettings(values.value, source));
}

function inOrder(problems: readonly ConfigurationProblem[]): readonly ConfigurationProblem[] {
  return problems.toSorted((one, other) => {
    const [a, b] = [one.position, other.position];
    return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
  });
}
