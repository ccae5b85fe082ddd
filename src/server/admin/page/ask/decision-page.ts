// One decision of the past, by the facts that it was made from.

import { html } from "hono/html";
import type { QuestionInWords } from "../../../../core/policy/explain/explanation.ts";
import type { Why } from "../../operations.ts";
import { describeToday } from "../../words/decision-words.ts";
import { foreign, type Html } from "../html.ts";
import { clientPath, href } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { notice } from "../parts.ts";
import { explanationPart } from "./explanation.ts";

export function decisionPage({ id, at, listener, hello, explanation, today }: Why): Page {
  const first: readonly (readonly [string, Html])[] = [
    ["time", moment(at)],
    ["listener", foreign(listener)],
    ["hello", foreign(hello)],
  ];
  const { question } = explanation;
  return {
    title: `Decision ${id}`,
    main: html`${today && notice("warning", describeToday(today))}
${explanationPart(explanation, first)}
<p class="buttons"><a class="button" href="${askAgain(question)}">Ask how it would be now</a>
<a class="button" href="${clientPath(question.client)}">Other decisions for ${foreign(question.client)}</a></p>`,
  };
}

function askAgain({ role, tls, client, login, sender, recipient }: QuestionInWords): string {
  return href("/ask", {
    ip: client,
    role,
    tls: tls === "up" ? "yes" : undefined,
    login,
    from: sender === "" ? "<>" : sender,
    to: recipient,
  });
}
