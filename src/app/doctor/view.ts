// What the checks found, for people: the worst is easy to see, and says what to do.

import { type Outcome, worstOf } from "../../core/doctor/finding.ts";
import { printable } from "../../core/smtp/reply.ts";
import { wrap } from "../table.ts";
import type { TopicFinding } from "./check.ts";

const marks: Readonly<Record<Outcome, string>> = {
  ok: "ok",
  warning: "WARNING",
  problem: "PROBLEM",
};
const indent = 9;

/** One below the other, those with more than a line with an empty one behind. */
export function describeFindings(findings: readonly TopicFinding[]): string {
  return `${findings.map(describeFinding).join("")}\n${summary(findings)}\n`;
}

function describeFinding({ outcome, topic, what, why, remedy }: TopicFinding): string {
  const lines = wrap(printable(`${topic}: ${what}`), indent);
  const first = `${marks[outcome].padEnd(indent)}${lines.slice(indent)}`;
  const behind = [
    ...(why === undefined ? [] : [`Why it matters: ${why}`]),
    ...(remedy === undefined ? [] : [`What to do: ${remedy}`]),
  ];
  return first + behind.map((text) => wrap(printable(text), indent + 2)).join("");
}

function summary(findings: readonly TopicFinding[]): string {
  const count = (wanted: Outcome) => findings.filter(({ outcome }) => outcome === wanted).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const parts = [
    ...(problems > 0 ? [problems === 1 ? "1 problem" : `${problems} problems`] : []),
    ...(warnings > 0 ? [warnings === 1 ? "1 warning" : `${warnings} warnings`] : []),
  ];
  if (parts.length === 0) return "All is well.";
  const rest =
    problems > 0 ? "what is a problem keeps mail from flowing" : "mail flows all the same";
  return `${parts.join(" and ")}: ${rest}.`;
}

/** For `--json`. */
export function findingsJson(findings: readonly TopicFinding[]): object {
  return { outcome: worstOf(findings), findings };
}
