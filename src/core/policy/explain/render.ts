// An explanation as text, for a terminal of 80 to 100 columns.

import { formatPlace } from "../../config/place.ts";
import { wrap } from "../../mail/wrap.ts";
import { printable } from "../../smtp/reply.ts";
import type { Decision } from "../decision.ts";
import type { Explanation, QuestionInWords, TriedRow, Turn } from "./explanation.ts";

/** A line at the head: what it is, and what it says. */
export type Field = readonly [name: string, text: string];

const width = 96;
/** A space at which no line ends. */
const unbroken = "\u00a0";

/** @param first lines to stand before those of the question, such as time and id. */
export function renderExplanation(explanation: Explanation, first: readonly Field[] = []): string {
  const { question, decision, reply, rows, turns } = explanation;
  const head: readonly Field[] = [
    ...first,
    ...fieldsOf(question),
    ["reply", reply],
    ["decided by", decidedBy(decision, rows)],
  ];
  return [
    `${headline(decision)}\n`,
    head.map(renderField).join(""),
    `Rows in their order, up to the one that decided:\n`,
    renderRows(rows),
    renderTurns(turns, decision.verdict),
  ].join("\n");
}

function headline(decision: Decision): string {
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

function fieldsOf({
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

function decidedBy({ place }: Decision, rows: readonly TriedRow[]): string {
  const number = rows.at(-1)?.number ?? 0;
  return place === undefined ? `row ${number}` : `row ${number}, ${formatPlace(place)}`;
}

const nameWidth = 12;

function renderField([name, text]: Field): string {
  return hang(`  ${name.padEnd(nameWidth)}`, text);
}

const marks = { match: "yes", "no-match": "no", unknown: "?" } as const;

/** A fact that several rows look at is written out once. */
function renderRows(rows: readonly TriedRow[]): string {
  const seen = new Map<string, number>();
  const rendered = rows.map(({ number, when, found, fact }, index) => {
    const mark = index === rows.length - 1 ? "YES" : marks[found];
    const before = seen.get(fact);
    if (before === undefined) seen.set(fact, number);
    const said = before === undefined ? fact : `as in row ${before}`;
    const margin = `  ${String(number).padStart(2)}  ${mark.padEnd(5)}`;
    return hang(margin, when) + hang(`${" ".repeat(margin.length)}- `, said);
  });
  return rendered.join("");
}

function renderTurns(turns: readonly Turn[], verdict: Decision["verdict"]): string {
  const isAccepted = verdict === "accept";
  if (turns.length === 0) {
    return `No small change would have it ${isAccepted ? "refused" : "accepted"}.\n`;
  }
  const heading = isAccepted
    ? "It would not be accepted:"
    : turns.length === 1
      ? "To have it accepted:"
      : "To have it accepted, one of these:";
  const lines = turns.map(({ advice, decision }) =>
    hang("  - ", `${advice} ->${unbroken}${decision.reason}`),
  );
  return `${heading}\n\n${lines.join("")}`;
}

/** The text behind a margin, and its further lines below its first. What a client or a far host
 * brought in cannot steer the terminal. */
function hang(margin: string, text: string): string {
  const [first = "", ...rest] = wrap(printable(text), width - margin.length);
  const indent = " ".repeat(margin.length);
  return [`${margin}${first}`, ...rest.map((line) => `${indent}${line}`)]
    .map((line) => `${line.replaceAll(unbroken, " ").trimEnd()}\n`)
    .join("");
}
