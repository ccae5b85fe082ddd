// Is this Node new enough?

import { type Finding, ok, problem } from "./finding.ts";

/** @param version as Node tells it, `24.21.0`
 * @param least the oldest that will do, `24.7` */
export function judgeRuntime(version: string, least: string): readonly Finding[] {
  if (isAtLeast(version, least)) return [ok(`Node.js ${version}`)];
  return [
    problem(`Node.js ${version} is older than ${least}`, {
      why: "parts of the program do not work with it, such as the hashing of passwords",
      remedy: "run the program as `bin/bailiwick`, which brings its own, or install a newer one",
    }),
  ];
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, wanted] of (want ?? []).entries()) {
    const number = have?.[index] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
}
