// What was decided for one client lately.

import { html } from "hono/html";
import { formatAddress, formatReversePath } from "../../../../core/mail/address.ts";
import type { DecisionSummary } from "../../operations.ts";
import { describeDecision } from "../../words/decision-words.ts";
import { type Cell, type Column, dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { conversationPath, decisionPath } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { badge, livePart } from "../parts.ts";
import { verdictTones } from "./explanation.ts";

export interface ClientData {
  readonly client: string;
  readonly decisions: readonly DecisionSummary[];
  /** Said where there are none. */
  readonly none?: string;
}

export function clientPage({ client, decisions, none }: ClientData): Page {
  return {
    title: `Client ${client}`,
    main: html`<p class="buttons"><a class="button" href="${conversationPath(client)}">Watch its sessions</a></p>
<h2>Its last decisions</h2>
${livePart("decisions", ["decisions"], decisionList(decisions, none ?? "None is kept."))}`,
  };
}

const columns: readonly Column[] = [
  { name: "Time" },
  { name: "Id" },
  { name: "Decision" },
  { name: "Greeted as" },
  { name: "Sender" },
  { name: "Recipient" },
];

function decisionList(decisions: readonly DecisionSummary[], none: string): Html {
  return dataTable({
    caption: "Decisions, the latest first",
    columns,
    rows: decisions.map(decisionRow),
    empty: none,
  });
}

function decisionRow(summary: DecisionSummary): readonly Cell[] {
  const { id, at, hello, sender, recipient, decision } = summary;
  return [
    moment(at),
    html`<a class="mono word" href="${decisionPath(id)}">${id}</a>`,
    badge(verdictTones[decision.verdict], describeDecision(decision)),
    foreign(hello),
    foreign(`<${formatReversePath(sender)}>`),
    foreign(`<${formatAddress(recipient)}>`),
  ];
}
