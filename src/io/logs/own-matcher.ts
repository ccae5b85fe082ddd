// Tries an operator's own pattern on lines that strangers have a say in. Some patterns take longer than
// the world has on lines made for them, so each try is broken off.

import { createContext, Script } from "node:vm";

export interface OwnMatcher {
  /** For each line the named groups that matched something; undefined where the pattern did not match,
   * and "late" where it took too long, or where it rests. */
  match(lines: readonly string[]): readonly OwnMatch[];
}

type OwnMatch = Readonly<Record<string, string>> | "late" | undefined;

/** Milliseconds for some hundred lines together, and for one that is tried by itself: a thousand times
 * what a good pattern takes, so that a machine that is busy loses no login. */
const perBatch = 200;
const perLine = 100;
const batch = 500;

/** After so many lines that took too long the pattern rests, in milliseconds: strangers can write such
 * lines all day long, and the server waits meanwhile. */
const mostLate = 3;
const rest = 60_000;

/** @param pattern a regular expression, as `checkOwnPattern` has passed it
 * @param elapsed monotonic milliseconds */
export function createOwnMatcher(pattern: string, elapsed: () => number): OwnMatcher {
  let late = 0;
  let restsUntil = -Infinity;

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

  function tryOne(line: string): OwnMatch {
    if (elapsed() < restsUntil) return "late";
    const found = tryOn([line], perLine);
    if (found !== "late") return found[0];
    late++;
    if (late < mostLate) return "late";
    late = 0;
    restsUntil = elapsed() + rest;
    return "late";
  }

  return {
    match(lines) {
      const found: OwnMatch[] = [];
      for (let from = 0; from < lines.length; from += batch) {
        const some = lines.slice(from, from + batch);
        const all = elapsed() < restsUntil ? "late" : tryOn(some, perBatch);
        found.push(...(all === "late" ? some.map(tryOne) : all));
      }
      return found;
    },
  };
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
