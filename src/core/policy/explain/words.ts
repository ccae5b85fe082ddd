// The words of an explanation, for a terminal and for the page.

import { formatPlace } from "../../config/place.ts";
import type { Decision } from "../decision.ts";
import type { QuestionInWords, TriedRow, Turn } from "./explanation.ts";

/** A line at the head: what it is, and what it says. */
export type Field = readonly [name: string, text: string];

/** What came of it, in one line. */
export function headline(decision: Decision): string {
  const { verdict, reason } = decision;
  switch (verdict) {
    case "accept":
      return `ACCEPTED, ${decision.deliver === "local" ? "for delivery here" : "to be relayed"}: ${reason}`;
    case "defer":
      return `DEFERRED, the client may try again later: ${reason}`;
    case "refuse":
      return `REFUSED: ${reason}`;
  }
}

/** Who asked for what. */
export function describeQuestion({
  role,
  tls,
  client,
  login,
  sender,
  recipient,
}: QuestionInWords): readonly Field[] {
  const listener = role === "mx" ? "an MX listener" : "a submission listener";
  const encryption = tls === "up" ? "encrypted" : "in the clear";
  const who = login === undefined ? "not logged in" : `logged in as ${login}`;
  return [
    ["client", `${client}, at ${listener}, ${encryption}, ${who}`],
    ["sender", `<${sender}>`],
    ["recipient", `<${recipient}>`],
  ];
}

/** The row, and the line of the configuration. */
export function decidedBy({ place }: Decision, rows: readonly TriedRow[]): string {
  const number = rows.at(-1)?.number ?? 0;
  return place === undefined ? `row ${number}` : `row ${number}, ${formatPlace(place)}`;
}

/** Whether a row applied. */
export const foundMarks = { match: "yes", "no-match": "no", unknown: "?" } as const;

/** What stands above the changes that would turn the answer round, or in their place. */
export function describeTurns(turns: readonly Turn[], verdict: Decision["verdict"]): string {
  const isAccepted = verdict === "accept";
  if (turns.length === 0) {
    return `No small change would have it ${isAccepted ? "refused" : "accepted"}.`;
  }
  if (isAccepted) return "It would not be accepted:";
  return turns.length === 1 ? "To have it accepted:" : "To have it accepted, one of these:";
}
