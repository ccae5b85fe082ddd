// Grants: addresses that may relay because mail was read from there.

import { html } from "hono/html";
import { formatIp } from "../../../../core/mail/ip.ts";
import type { GrantView } from "../../operations.ts";
import { describeGrantEnd } from "../../words/grant-words.ts";
import { dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { clientLink, href } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { pager } from "../paging.ts";
import { actForm, badge, checkField, notice, textField } from "../parts.ts";
import { accountLink, paths, peopleNavigation } from "./people-links.ts";

interface GrantsWish {
  /** An address or an account; empty for all. */
  readonly text: string;
  /** Those too that are over or revoked. */
  readonly over: boolean;
  readonly from: number;
}

export interface GrantsData {
  readonly wish: GrantsWish;
  /** All that the wish means. */
  readonly grants: readonly GrantView[];
  /** Whether reading mail opens anything. */
  readonly isConfigured: boolean;
  readonly now: number;
  readonly csrf: string;
  /** What was wrong with the form that adds one. */
  readonly problem?: string;
}

const mostGrants = 100;

export function grantsPage(data: GrantsData): Page {
  const { wish, grants, now, isConfigured } = data;
  const { text, over, from } = wish;
  const shown = grants.slice(from, from + mostGrants);
  const paged = { from, shown: shown.length, total: grants.length, most: mostGrants };
  const url = (next: number) =>
    href(paths.grants, {
      q: text,
      all: over ? "yes" : "",
      from: next === 0 ? "" : String(next),
    });
  return {
    title: "Grants",
    main: html`${peopleNavigation(paths.grants)}
<p class="lead">Whoever has read mail may relay from the same address for a while, where the configuration has <code>relay.roaming</code>.</p>
${!isConfigured && notice("quiet", "Reading mail opens nothing here: relay.roaming is not in the configuration.")}
<form method="get" action="${paths.grants}" role="search"><div class="fields">
${textField({ name: "q", label: "An address or an account", value: text, placeholder: "203.0.113.9" })}
${checkField({ name: "all", label: "Also those that are over or revoked", isChecked: over })}</div>
<div class="buttons"><button>Search</button></div></form>
${grantTable(shown, now)}
${pager(paged, url)}
${addForm(data)}`,
  };
}

export function grantTable(grants: readonly GrantView[], now: number): Html {
  return dataTable({
    caption: "Grants",
    columns: [
      { name: "Client" },
      { name: "Account" },
      { name: "State" },
      { name: "Since" },
      { name: "Until" },
      { name: "Told by" },
      { name: "", kind: "control" },
    ],
    rows: grants.map((grant) => [
      clientLink(formatIp(grant.client)),
      grant.account === null ? "anybody" : accountLink(grant.account),
      grantState(grant),
      moment(grant.openedAt),
      describeGrantEnd(grant, now),
      html`${foreign(grant.source)}${grant.software !== null && html`, ${foreign(grant.software)}`}`,
      isInForce(grant) ? revokeLink(grant) : "",
    ]),
    empty: "There is no such grant.",
  });
}

function isInForce({ state }: GrantView): boolean {
  return state === "open" || state === "closed";
}

function grantState({ state, bar }: GrantView): Html {
  if (state === "over" || state === "revoked") return badge("quiet", state);
  if (bar === null) return badge("ok", "in force");
  return html`${badge("warning", "does not count")} ${bar}`;
}

function revokeLink({ id, client, account }: GrantView): Html {
  const whose = `${formatIp(client)}${account === null ? "" : ` for ${account}`}`;
  return html`<a class="button" href="${href(paths.revokeGrant, { id })}">Revoke<span class="unseen"> ${whose}</span></a>`;
}

function addForm({ csrf, problem }: GrantsData): Html {
  const fields = html`<div class="fields">
${textField({ name: "client", label: "IP address", placeholder: "203.0.113.9", problem })}
${textField({ name: "account", label: "Account", placeholder: "ann@example.org" })}
${textField({ name: "for", label: "For how long", placeholder: "3h", hint: "Empty: as long as after a login." })}</div>
<div class="buttons"><button>Let it relay</button></div>`;
  return html`<h2>Let an address relay</h2><p class="lead">As though the account had just read its mail from there.</p><div class="panel">${actForm(paths.addGrant, csrf, fields)}</div>`;
}
