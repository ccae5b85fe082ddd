// The domains that are ours.

import { html } from "hono/html";
import type { DomainSummary } from "../../operations.ts";
import { dataTable } from "../data-table.ts";
import { foreign } from "../html.ts";
import { href } from "../links.ts";
import type { Page } from "../page.ts";
import { actForm, checkField, textField } from "../parts.ts";
import { paths, peopleNavigation } from "./people-links.ts";

export interface DomainsData {
  readonly domains: readonly DomainSummary[];
  readonly csrf: string;
  /** What was wrong with the form that adds one. */
  readonly problem?: string;
}

const mostDomains = 1_000;

export function domainsPage({ domains, csrf, problem }: DomainsData): Page {
  const shown = domains.slice(0, mostDomains);
  const more = domains.length - shown.length;
  const fields = html`<div class="fields">
${textField({ name: "domain", label: "Domain", placeholder: "example.org", problem })}
${checkField({ name: "only-sends", label: "It only sends; no mail for it is taken" })}</div>
<div class="buttons"><button>Add the domain</button></div>`;
  return {
    title: "Domains",
    main: html`${peopleNavigation(paths.domains)}
${dataTable({
  caption: "Domains",
  columns: [
    { name: "Domain" },
    { name: "Its mail goes to" },
    { name: "Said where" },
    { name: "Records" },
    { name: "", kind: "control" },
  ],
  rows: shown.map(({ name, deliver, source }) => [
    html`<a href="${href(paths.accounts, { domain: name })}">${foreign(name)}</a>`,
    foreign(deliver),
    foreign(source),
    html`<a href="${href("/lists/dns", { domain: name })}">DNS<span class="unseen"> of ${name}</span></a>`,
    isInStore(source)
      ? html`<a class="button" href="${href(paths.removeDomain, { domain: name })}">Remove<span class="unseen"> ${name}</span></a>`
      : "",
  ]),
  empty: "No domain is ours: this server relays, and keeps no mailboxes.",
})}
${more > 0 && html`<p>And ${more} more: <code>bailiwick domain list</code></p>`}
<h2>Another domain</h2><div class="panel">${actForm(paths.addDomain, csrf, fields)}</div>`,
  };
}

/** What stands in the configuration is taken out there. */
function isInStore(source: string): boolean {
  return source === "command line";
}
