// Bans from logging in, each with its evidence.

import { html } from "hono/html";
import { type Ban, isInForce } from "../../../../core/guessing/ban.ts";
import {
  banReasons,
  describeEnd,
  describeGuesses,
  describeTimes,
  prefixText,
} from "../../words/ban-words.ts";
import { dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { pager } from "../paging.ts";
import { actForm, badge, checkField, textField } from "../parts.ts";
import { paths, peopleNavigation } from "./people-links.ts";

interface BansWish {
  /** An address or a network, or a part of one; empty for all. */
  readonly text: string;
  /** Those too that are over and remembered. */
  readonly over: boolean;
  readonly from: number;
}

export interface BansData {
  readonly wish: BansWish;
  /** All that the wish means, the latest first. */
  readonly bans: readonly Ban[];
  readonly now: number;
  readonly csrf: string;
  /** What was wrong with the form that adds one. */
  readonly problem?: string;
}

const mostBans = 100;

export function bansPage({ wish, bans, now, csrf, problem }: BansData): Page {
  const { text, over, from } = wish;
  const shown = bans.slice(from, from + mostBans);
  const paged = { from, shown: shown.length, total: bans.length, most: mostBans };
  const url = (next: number) =>
    href(paths.bans, { q: text, all: over ? "yes" : "", from: next === 0 ? "" : String(next) });
  return {
    title: "Bans",
    main: html`${peopleNavigation(paths.bans)}
<p class="lead">These addresses and networks may not log in; mail for us they may still bring.</p>
<form method="get" action="${paths.bans}" role="search"><div class="fields">
${textField({ name: "q", label: "An address or a network", value: text, placeholder: "203.0.113.9" })}
${checkField({ name: "all", label: "Also those that are over and remembered", isChecked: over })}</div>
<div class="buttons"><button>Search</button></div></form>
${dataTable({
  caption: "Bans, the latest first",
  columns: [
    { name: "Banned" },
    { name: "State" },
    { name: "Why" },
    { name: "Evidence" },
    { name: "Since" },
    { name: "Until" },
    { name: "", kind: "control" },
  ],
  rows: shown.map((ban) => [
    html`<span class="mono whole">${prefixText(ban.prefix)}</span>`,
    isInForce(ban, now) ? badge("problem", "in force") : badge("quiet", "over"),
    reasonOf(ban),
    evidence(ban),
    moment(ban.since),
    ban.until === null ? "it is lifted" : describeEnd(ban, now),
    liftLink(ban),
  ]),
  empty: text === "" ? "Nobody is banned." : "There is no such ban.",
})}
${pager(paged, url)}
${addForm(csrf, problem)}`,
  };
}

export function reasonOf({ reason, note }: Ban): Html {
  return html`${banReasons[reason]}${note !== "" && html`: ${foreign(note)}`}`;
}

/** Names are what strangers typed. */
function evidence(ban: Ban): Html {
  const { names } = ban.evidence;
  const tried = names.map((name, at) => html`${at > 0 && ", "}${foreign(name)}`);
  return html`${describeTimes(ban)}; guesses: ${describeGuesses(ban)}${names.length > 0 && html`; tried ${tried}`}`;
}

function liftLink({ prefix }: Ban): Html {
  const name = prefixText(prefix);
  return html`<a class="button" href="${href(paths.liftBan, { prefix: name })}">Lift<span class="unseen"> the ban of ${name}</span></a>`;
}

function addForm(csrf: string, problem: string | undefined): Html {
  const fields = html`<div class="fields">
${textField({ name: "prefix", label: "IP address or network", placeholder: "203.0.113.0/24", problem })}
${textField({ name: "for", label: "For how long", placeholder: "7d", hint: "Empty: until it is lifted." })}
${textField({ name: "because", label: "Because", placeholder: "guesses since Monday" })}</div>
<div class="buttons"><button>Ban it</button></div>`;
  return html`<h2>Ban an address</h2><div class="panel">${actForm(paths.addBan, csrf, fields)}</div>`;
}
