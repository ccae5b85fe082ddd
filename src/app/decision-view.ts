// Decisions of the past in words.

import { formatAddress, formatReversePath } from "../core/mail/address.ts";
import type { QuestionInWords } from "../core/policy/explain/explanation.ts";
import { renderExplanation } from "../core/policy/explain/render.ts";
import { shellWord } from "../core/shell-word.ts";
import type { DecisionSummary, Why } from "../server/admin/operations.ts";
import { describeDecision, describeToday } from "../server/admin/words/decision-words.ts";
import { formatTime } from "../server/admin/words/times.ts";
import { formatTable } from "./table.ts";

export function describeWhy({ id, at, listener, hello, explanation, today }: Why): string {
  const text = renderExplanation(explanation, [
    ["decision", id],
    ["time", formatTime(at)],
    ["listener", listener],
    ["hello", hello],
  ]);
  const change = today === undefined ? "" : `\n${describeToday(today)}\n`;
  return `${text}${change}\nTo ask how it would be now:\n\n  ${commandFor(explanation.question)}\n`;
}

function commandFor({ role, tls, client, login, sender, recipient }: QuestionInWords): string {
  return [
    `bailiwick explain --ip ${client}`,
    ...(role === "mx" ? [] : [`--role ${role}`]),
    ...(tls === "up" ? ["--tls"] : []),
    ...(login === undefined ? [] : [`--login ${shellWord(login)}`]),
    `--from ${shellWord(sender === "" ? "<>" : sender)}`,
    `--to ${shellWord(recipient)}`,
  ].join(" ");
}

/** One line each. */
export function decisionTable(decisions: readonly DecisionSummary[]): string {
  const rows = decisions.map(({ id, at, sender, recipient, decision }) => [
    formatTime(at),
    id,
    describeDecision(decision),
    `<${formatReversePath(sender)}>`,
    `<${formatAddress(recipient)}>`,
  ]);
  return formatTable([["TIME", "ID", "DECISION", "SENDER", "RECIPIENT"], ...rows]);
}
