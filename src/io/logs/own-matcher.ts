// Tries an operator's own pattern on lines that strangers have a say in. Some patterns take longer than
// the world has on lines made for them, so each try is broken off.

import { createContext, Script } from "node:vm";

export interface OwnMatcher {
  /** For each line the named groups that matched something; undefined where the pattern did not match,
   * and "late" where it took too long. */
  match(lines: readonly string[]): readonly OwnMatch[];
}

type OwnMatch = Readonly<Record<string, string>> | "late" | undefined;

/** Milliseconds for one line that is tried by itself. */
const perLine = 20;

/** Milliseconds for a few hundred lines together. */
const perBatch = 50;
const batch = 500;

/** @param pattern a regular expression, as `checkOwnPattern` has passed it */
export function createOwnMatcher(pattern: string): OwnMatcher {
  // Of its own, because only what runs there can be broken off. It sees nothing of ours.
  const context = createContext({ source: pattern, lines: "[]" });
  new Script('const expression = new RegExp(source, "u")').runInContext(context);
  const script = new Script(
    "JSON.stringify(JSON.parse(lines).map((line) => { const found = expression.exec(line); " +
      "return found === null ? null : { ...found.groups }; }))",
  );

  function tryOn(lines: readonly string[], timeout: number): readonly OwnMatch[] | "late" {
    context["lines"] = JSON.stringify(lines);
    try {
      const found: unknown = JSON.parse(String(script.runInContext(context, { timeout })));
      return Array.isArray(found) ? found.map(toMatch) : [];
    } catch (error) {
      if (isTimeout(error)) return "late";
      throw error;
    }
  }

  return {
    match(lines) {
      const found: OwnMatch[] = [];
      for (let from = 0; from < lines.length; from += batch) {
        const some = lines.slice(from, from + batch);
        const all = tryOn(some, perBatch);
        if (all !== "late") found.push(...all);
        else found.push(...some.map((line) => first(tryOn([line], perLine))));
      }
      return found;
    },
  };
}

function first(found: readonly OwnMatch[] | "late"): OwnMatch {
  return found === "late" ? "late" : found[0];
}

function toMatch(groups: unknown): OwnMatch {
  if (typeof groups !== "object" || groups === null) return undefined;
  const texts = Object.entries(groups).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string";
  });
  return Object.fromEntries(texts);
}

/** What is thrown there is no Error of ours. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
