// What is said of decisions, on a terminal and on the page.

import { inBrackets } from "../../../core/config/place.ts";
import type { Decision } from "../../../core/policy/decision.ts";

const verdicts = { accept: "accepted", refuse: "refused", defer: "deferred" } as const;

/** `refused: relaying-denied` */
export function describeDecision({ verdict, reason }: Decision): string {
  return `${verdicts[verdict]}: ${reason}`;
}

/** What the rules of today would make of a decision of the past. */
export function describeToday(today: Decision): string {
  return (
    "The rules have changed since. By those of today the same facts would be\n" +
    `${describeDecision(today)}${inBrackets(today.place)}.`
  );
}
