// *Ask*: would this client be let in, and why was that one not?

import { html } from "hono/html";
import type { Explanation } from "../../../../core/policy/explain/explanation.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { checkField, choiceField, textField } from "../parts.ts";
import type { AskForm, AskProblems } from "./ask-form.ts";
import { explanationPart } from "./explanation.ts";

export interface AskData {
  readonly form: AskForm;
  readonly problems: AskProblems;
  readonly answer?: Explanation;
  /** What was looked up, and is nothing that can be. */
  readonly unknown?: string;
}

export function askPage({ form, problems, answer, unknown }: AskData): Page {
  return {
    title: "Ask",
    main: html`${answer && explanationPart(answer)}
<div class="halves">
<section class="panel" aria-labelledby="would">
<h2 id="would">Would it be let in?</h2>
<p class="soft">By the rules and the facts as they are now. Nothing is sent.</p>
${questionForm(form, problems)}
</section>
<section class="panel" aria-labelledby="why">
<h2 id="why">Why was it decided so?</h2>
<p class="soft">Every refusal ends with an id, such as 0fk3v9d2m4a.1.</p>
${lookUpForm(unknown)}
</section>
</div>`,
  };
}

function questionForm(form: AskForm, problems: AskProblems): Html {
  return html`<form action="/ask" method="get">
<div class="fields">
${textField({
  name: "ip",
  label: "Client’s IP address",
  value: form.ip,
  placeholder: "203.0.113.5",
  problem: problems.ip,
  required: true,
})}
${choiceField({
  name: "role",
  label: "Listener",
  value: form.role,
  options: [
    ["mx", "MX (port 25)"],
    ["submission", "Submission (587, 465)"],
  ],
})}
${textField({ name: "from", label: "Sender", value: form.from, hint: "Empty or <> for nobody", problem: problems.from })}
${textField({ name: "to", label: "Recipient", value: form.to, problem: problems.to, required: true })}
${textField({ name: "login", label: "Logged in as", value: form.login, hint: "Empty: nobody logged in", problem: problems.login })}
${checkField({ name: "tls", label: "The connection is encrypted", isChecked: form.isEncrypted })}
</div>
<div class="buttons"><button class="primary">Ask</button></div>
</form>`;
}

function lookUpForm(unknown: string | undefined): Html {
  const problem =
    unknown === undefined
      ? undefined
      : "There is neither a decision’s id nor an IP address in that.";
  return html`<form action="/ask/find" method="get">
<div class="fields one">
${textField({
  name: "what",
  label: "The id, the whole reply, or a client’s IP address",
  ...(unknown !== undefined && { value: unknown }),
  problem,
  required: true,
})}
</div>
<div class="buttons"><button>Look up</button></div>
</form>`;
}
