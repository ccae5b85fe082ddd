// An explanation, in the words of `bailiwick explain`.

import { html } from "hono/html";
import { formatPlace } from "../../../../core/config/place.ts";
import type { Decision } from "../../../../core/policy/decision.ts";
import type { Explanation, TriedRow, Turn } from "../../../../core/policy/explain/explanation.ts";
import {
  decidedBy,
  describeQuestion,
  describeTurns,
  foundMarks,
  headline,
} from "../../../../core/policy/explain/words.ts";
import { type Cell, dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { clientLink } from "../links.ts";
import type { Tone } from "../page.ts";
import { badge, facts } from "../parts.ts";

export const verdictTones: Readonly<Record<Decision["verdict"], Tone>> = {
  accept: "ok",
  defer: "warning",
  refuse: "problem",
};

/** @param first facts to stand before those of the question */
export function explanationPart(
  explanation: Explanation,
  first: readonly (readonly [string, string | Html])[] = [],
): Html {
  const { question, decision, reply, rows, turns } = explanation;
  const [[, client], ...others] = split(describeQuestion(question));
  const rest = client.slice(question.client.length);
  return html`<section class="panel verdict" aria-label="Answer">
<p class="headline ${verdictTones[decision.verdict]}">${headline(decision)}</p>
<p class="reply"><span class="unseen">Reply: </span><code>${foreign(reply)}</code></p>
${facts([
  ...first,
  ["client", html`${clientLink(question.client)}${foreign(rest)}`],
  ...others.map(([name, text]) => [name, foreign(text)] as const),
  ["decided by", decidedBy(decision, rows)],
])}
</section>
<h2>${describeTurns(turns, decision.verdict)}</h2>
${turnList(turns)}
<h2>Rows in their order, up to the one that decided</h2>
${rowTable(rows)}`;
}

function split<Item>(list: readonly Item[]): readonly [Item, ...Item[]] {
  const [head, ...tail] = list;
  if (head === undefined) throw new Error("a question has a client");
  return [head, ...tail];
}

function turnList(turns: readonly Turn[]): Html | undefined {
  if (turns.length === 0) return undefined;
  const items = turns.map(
    ({ advice, decision }) =>
      html`<li>${foreign(advice)} <span class="soft">→ ${badge(verdictTones[decision.verdict], decision.reason)}</span></li>`,
  );
  return html`<ul class="turns">${items}</ul>`;
}

/** A fact that several rows look at is written out once, as on a terminal. */
function rowTable(rows: readonly TriedRow[]): Html {
  const seen = new Map<string, number>();
  const cells = rows.map((row, at): readonly Cell[] => {
    const { number, when, fact, place } = row;
    const before = seen.get(fact);
    if (before === undefined) seen.set(fact, number);
    return [
      String(number),
      mark(row, at === rows.length - 1),
      foreign(when),
      html`${before === undefined ? foreign(fact) : html`<span class="soft">as in row ${before}</span>`}${place && html`<br><code>${foreign(formatPlace(place))}</code>`}`,
    ];
  });
  return dataTable({
    caption: "Rows of the decision table",
    columns: [
      { name: "Row", kind: "number" },
      { name: "Applies" },
      { name: "When" },
      { name: "Found" },
    ],
    rows: cells,
    empty: "No row was tried.",
  });
}

function mark({ found }: TriedRow, decided: boolean): Html {
  if (decided) return html`<strong class="word">decided</strong>`;
  return html`${foundMarks[found]}`;
}
