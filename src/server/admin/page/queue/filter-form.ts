// The filter above the queue.

import { html } from "hono/html";
import type { Html } from "../html.ts";
import { choiceField, textField } from "../parts.ts";
import type { ListPlace, QueueForm, QueueProblems } from "./filter.ts";

export function filterForm(form: QueueForm, problems: QueueProblems, { first }: ListPlace): Html {
  return html`<form class="panel filter" action="/queue" method="get" role="search" aria-label="Filter">
<div class="fields">
${textField({ name: "domain", label: "Domain", value: form.domain, problem: problems.domain })}
${textField({ name: "sender", label: "Sender", value: form.sender, placeholder: "address or <>", problem: problems.sender })}
${textField({ name: "destination", label: "Destination", value: form.destination })}
${choiceField({
  name: "state",
  label: "State",
  value: form.state,
  options: [
    ["", "any"],
    ["waiting", "waiting"],
    ["held", "held"],
  ],
})}
${textField({ name: "older", label: "Older than", value: form.older, placeholder: "90m, 3h, 2d", problem: problems.older })}
${choiceField({
  name: "first",
  label: "Order",
  value: first,
  options: [
    ["oldest", "oldest first"],
    ["newest", "newest first"],
  ],
})}
</div>
<div class="buttons"><button class="primary">Filter</button> <a class="button" href="/queue">Show all</a></div>
</form>`;
}
