// Who still depends on POP before SMTP: what was relayed for having read mail.

import { html } from "hono/html";
import type { GrantUse } from "../../../../io/store/grant-store.ts";
import { usesInAll } from "../../words/grant-words.ts";
import { dataTable } from "../data-table.ts";
import { foreign } from "../html.ts";
import type { Page } from "../page.ts";
import { choiceField } from "../parts.ts";
import { accountLink, paths, peopleNavigation } from "./people-links.ts";

export const reportDays = [7, 30, 90] as const;

const mostRows = 500;

export function reportPage(uses: readonly GrantUse[], days: number): Page {
  const all = usesInAll(uses);
  const shown = all.slice(0, mostRows);
  return {
    title: "Who depends on POP before SMTP",
    main: html`${peopleNavigation(paths.report)}
<p class="lead">Mail that was relayed for a grant alone, by account and program. Whoever stands here needs a login for sending before <code>relay.roaming</code> can go.</p>
<form method="get" action="${paths.report}" class="one-line">${choiceField({
      name: "days",
      label: "Of the last",
      options: reportDays.map((each) => [String(each), `${each} days`]),
      value: String(days),
    })}<button>Show</button></form>
${dataTable({
  caption: "Accounts that relayed for having read mail, the most first",
  columns: [
    { name: "Account" },
    { name: "Program" },
    { name: "Messages", kind: "number" },
    { name: "Days", kind: "number" },
    { name: "Last" },
  ],
  rows: shown.map(({ account, software, messages, days: used, lastDay }) => [
    account === "" ? "not known" : accountLink(account),
    software === "" ? "not known" : foreign(software),
    String(messages),
    String(used),
    lastDay,
  ]),
  empty: "Nothing was relayed for having read mail.",
})}
${all.length > shown.length && html`<p>And ${all.length - shown.length} more: <code>bailiwick grants report --days ${days}</code></p>`}`,
  };
}
