// Addresses whose mail is sent on: forwards and lists.

import { html } from "hono/html";
import type { ForwardInPart, ForwardRule } from "../../../../core/forwards/forward.ts";
import { formatAddress } from "../../../../core/mail/address.ts";
import type { ForwardsFound } from "../../operations.ts";
import { type Cell, dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";
import type { Page } from "../page.ts";
import { pager } from "../paging.ts";
import { actForm, textField } from "../parts.ts";
import { paths, peopleNavigation } from "./people-links.ts";

export interface ForwardsData {
  /** A part of an address, and the first that is shown. */
  readonly wish: { readonly text: string; readonly from: number };
  readonly found: ForwardsFound;
  readonly csrf: string;
  /** What was wrong with the form that adds one, and what it said. */
  readonly problem?: string;
  readonly given?: { readonly address: string; readonly targets: string };
}

export const mostForwards = 50;

export function forwardsPage(data: ForwardsData): Page {
  const { wish, found } = data;
  const { text, from } = wish;
  const shown = found.forwards;
  const paged = { from, shown: shown.length, total: found.total, most: mostForwards };
  const url = (next: number) =>
    href(paths.forwards, { q: text, from: next === 0 ? "" : String(next) });
  return {
    title: "Forwards",
    main: html`${peopleNavigation(paths.forwards)}
<form method="get" action="${paths.forwards}" role="search" class="one-line">${textField({ name: "q", label: "Part of an address", value: text })}<button>Search</button></form>
${dataTable({
  caption: "Forwards and lists",
  columns: [
    { name: "Address" },
    { name: "Is sent on to" },
    { name: "How" },
    { name: "", kind: "control" },
  ],
  rows: shown.map((forward) => forwardRow(forward, shown.length === 1)),
  empty: text === "" ? "No mail is sent on." : "There is no such forward.",
})}
${pager(paged, url)}
${addForm(data)}`,
  };
}

function forwardRow(forward: ForwardInPart, isAlone: boolean): readonly Cell[] {
  const { key, targets, count } = forward;
  const more = count - targets.length;
  const each = targets.map((target) => oneTarget(key, formatAddress(target), isAlone && count > 1));
  return [
    html`<a href="${href(paths.forwards, { q: key })}">${foreign(key)}</a>`,
    html`<ul class="plain-list">${each}${more > 0 && html`<li>and ${more} more</li>`}</ul>`,
    describeHow(forward),
    html`<a class="button" href="${href(paths.removeForward, { address: key })}">Remove<span class="unseen"> ${key}</span></a>`,
  ];
}

function oneTarget(key: string, target: string, canGo: boolean): Html {
  const link =
    canGo &&
    html` <a href="${href(paths.removeForward, { address: key, target })}">Remove<span class="unseen"> ${target}</span></a>`;
  return html`<li>${foreign(target)}${link}</li>`;
}

function describeHow({ keep, owner, membersOnly }: ForwardRule): Html {
  const said = [
    ...(keep === null ? [] : [html`a copy stays in ${foreign(keep)}`]),
    ...(owner === null ? [] : [html`in the name of ${foreign(formatAddress(owner))}`]),
    ...(membersOnly ? [html`members alone may write`] : []),
  ];
  return html`${said.map((each, at) => html`${at > 0 && "; "}${each}`)}`;
}

function addForm({ csrf, problem, given }: ForwardsData): Html {
  const fields = html`<div class="fields">
${textField({ name: "address", label: "Mail for", value: given?.address ?? "", placeholder: "info@example.org", hint: "@example.org is every address there that nobody has.", problem })}
<div class="field"><label for="targets">Is sent on to</label><textarea id="targets" name="targets" rows="3" spellcheck="false" aria-describedby="targets-hint">${given?.targets ?? ""}</textarea><p class="hint" id="targets-hint">One address a line. An address that is sent on already gets these besides.</p></div>
${textField({ name: "keep", label: "A copy stays in", placeholder: "ann@example.org", hint: "An account; empty for none." })}
</div><div class="buttons"><button>Send it on</button></div>`;
  return html`<h2>Send mail on</h2><div class="panel">${actForm(paths.addForward, csrf, fields)}</div>`;
}
