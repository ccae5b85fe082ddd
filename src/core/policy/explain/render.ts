// An explanation as text, for a terminal of 80 to 100 columns.

import { wrap } from "../../mail/wrap.ts";
import { printable } from "../../smtp/reply.ts";
import type { Decision } from "../decision.ts";
import type { Explanation, TriedRow, Turn } from "./explanation.ts";
import {
  decidedBy,
  describeQuestion,
  describeTurns,
  type Field,
  foundMarks,
  headline,
} from "./words.ts";

const width = 96;
/** A space at which no line ends. */
const unbroken = "\u00a0";

/** @param first lines to stand before those of the question, such as time and id. */
export function renderExplanation(explanation: Explanation, first: readonly Field[] = []): string {
  const { question, decision, reply, rows, turns } = explanation;
  const head: readonly Field[] = [
    ...first,
    ...describeQuestion(question),
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

const nameWidth = 12;

function renderField([name, text]: Field): string {
  return hang(`  ${name.padEnd(nameWidth)}`, text);
}

/** A fact that several rows look at is written out once. */
function renderRows(rows: readonly TriedRow[]): string {
  const seen = new Map<string, number>();
  const rendered = rows.map(({ number, when, found, fact }, index) => {
    const mark = index === rows.length - 1 ? "YES" : foundMarks[found];
    const before = seen.get(fact);
    if (before === undefined) seen.set(fact, number);
    const said = before === undefined ? fact : `as in row ${before}`;
    const margin = `  ${String(number).padStart(2)}  ${mark.padEnd(5)}`;
    return hang(margin, when) + hang(`${" ".repeat(margin.length)}- `, said);
  });
  return rendered.join("");
}

function renderTurns(turns: readonly Turn[], verdict: Decision["verdict"]): string {
  const heading = describeTurns(turns, verdict);
  if (turns.length === 0) return `${heading}\n`;
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
