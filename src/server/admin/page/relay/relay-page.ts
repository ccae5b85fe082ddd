// Who may relay: in words, as a map of IPv4 space that can be looked at from near, and as tables of the
// same facts.

import { html, raw } from "hono/html";
import { formatPrefix } from "../../../../core/mail/ip.ts";
import type { AdmittedLine } from "../../../../core/policy/proof/map/admitted-lines.ts";
import { lastColour } from "../../../../core/policy/proof/map/draw-view.ts";
import { nameOf, type View, viewsAround } from "../../../../core/policy/proof/map/view.ts";
import { formatCount } from "../../../../core/policy/proof/words.ts";
import { printable } from "../../../../core/smtp/reply.ts";
import { type Column, dataTable } from "../data-table.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { pager } from "../paging.ts";
import { notice, textField } from "../parts.ts";
import { type DrawnView, type LinesShown, mapLabel, type RelayFacts } from "./relay-facts.ts";
import { urlOfView } from "./relay-links.ts";

export interface RelayWish {
  readonly view: View;
  /** The first line of the table, from 0; and of that of IPv6. */
  readonly from: number;
  readonly from6: number;
  /** What was asked for and is no part of the map. */
  readonly misread?: string;
}

/** Lines in a table at once. */
const mostLines = 50;
const mostFindings = 20;

export function relayPage(facts: RelayFacts, wish: RelayWish): Page {
  const { view, from, from6 } = wish;
  const drawn = facts.look(view);
  const lines = drawn.lines(from, mostLines);
  const sixes = facts.ofVersion6(from6, mostLines);
  return {
    title: "Who may relay",
    main: html`${inWords(facts)}
<section class="map-section" aria-labelledby="${mapLabel}">
${heading(drawn, view)}
<div class="map-columns">
${raw(drawn.svg)}
<div>${askFor(wish)}${legend(drawn, (line) => facts.line(line))}</div>
</div>
${tableOfLines(drawn, lines, view)}
</section>
${sixes.total > 0 && ofVersion6(sixes, view)}`,
  };
}

function inWords(facts: RelayFacts): Html {
  const { findings } = facts;
  const lines = facts
    .roles()
    .map(({ role, lines: count, total }) =>
      total === undefined
        ? html`<li>On listeners of the role <b>${role}</b>: nobody, by address.</li>`
        : html`<li>On listeners of the role <b>${role}</b>: ${total}, by ${countLines(count)}.</li>`,
    );
  const shown = findings.slice(0, mostFindings).map(({ severity, text, place }) => {
    const where = place === undefined ? "" : `${place.file}:${place.line}: `;
    return notice(severity, printable(`${where}${text}`));
  });
  const more = findings.length - shown.length;
  return html`<p class="lead">Mail to anyone is taken from these addresses without a login. That is proven, not
believed: the function that decides was asked about every part of the address space when this configuration was
taken, and a configuration that relays for strangers is refused.</p>
<ul class="said">${lines}</ul>
<p class="lead">Besides, whoever logs in may relay, and so may those who have just
<a href="/people/grants">read their mail</a>, where the configuration allows it.</p>
${shown}${more > 0 && html`<p>And ${formatCount(BigInt(more))} findings more: <code>bailiwick check</code> has them all.</p>`}`;
}

function heading({ content }: DrawnView, view: View): Html {
  const around = viewsAround(view).map(
    (each) => html`<li><a href="${urlOfView(each)}">${nameOfView(each)}</a></li>`,
  );
  const { admitted } = content;
  const who = admitted === 0 ? "nobody" : countAddresses(BigInt(admitted));
  return html`<h2 id="${mapLabel}">The map: ${nameOfView(view)}, of which ${who} may relay</h2>
${around.length > 0 && html`<nav aria-label="Around it" class="around"><ol>${around}<li aria-current="true">${nameOf(view)}</li></ol></nav>`}`;
}

function nameOfView(view: View): string {
  return view.length === 0 ? "all of IPv4" : nameOf(view);
}

function legend(
  { content, colours }: DrawnView,
  lineAt: (line: number) => AdmittedLine | undefined,
): Html {
  const named = Array.from(colours, ([number, colour]) => {
    const found = lineAt(number);
    if (found === undefined) return html``;
    const what = found.hasMore || found.prefixes.length > 1 ? "" : found.prefixes.map(formatPrefix);
    return html`<li><span class="swatch ${colour}"></span>${lineName(found)}: ${what}${what !== "" && ", "}${countAddresses(found.addresses)}</li>`;
  });
  const more = content.lines.length - colours.size;
  const others =
    more > 0 && html`<li><span class="swatch ${lastColour}"></span>${countLines(more)} more</li>`;
  return html`<ul class="map-legend">${named}${others}
<li><span class="swatch private"></span>private, shared, loopback, link-local</li>
<li><span class="swatch reserved"></span>reserved, examples, multicast</li></ul>
<p class="hint">Each square leads nearer, and a single address to what was decided for it. Neighbours in number are neighbours here (a Hilbert curve). Framed marks are networks too small to be seen in their true size.</p>`;
}

function askFor({ view, misread }: RelayWish): Html {
  const field = textField({
    name: "view",
    label: "Show an address or a network",
    value: misread ?? (view.length === 0 ? "" : nameOf(view)),
    placeholder: "192.0.2.0/24",
    ...(misread !== undefined && {
      problem: "This is no IPv4 address or network; write one such as 192.0.2.0/24.",
    }),
  });
  return html`<form method="get" action="/relay" class="one-line">${field}<button>Show</button></form>`;
}

const columns: readonly Column[] = [
  { name: "Line" },
  { name: "Admits" },
  { name: "Addresses", kind: "number" },
  { name: "What else it meets" },
];

function tableOfLines({ colours }: DrawnView, shown: LinesShown, view: View): Html {
  const where = view.length === 0 ? "" : ` in ${nameOf(view)}`;
  const table = dataTable({
    caption: `Lines that admit addresses${where}`,
    showsCaption: true,
    columns,
    rows: shown.lines.map((line) => row(line, colours.get(line.line) ?? lastColour)),
    empty: `No line admits an IPv4 address${where}.`,
  });
  return html`${table}${pagerOf(shown, (from) => urlOfView(view, from))}`;
}

function ofVersion6(shown: LinesShown, view: View): Html {
  const base = urlOfView(view);
  const join = base.includes("?") ? "&" : "?";
  return html`<section aria-labelledby="ipv6"><h2 id="ipv6">IPv6</h2>
${dataTable({
  caption: "Lines that admit IPv6 addresses",
  columns,
  rows: shown.lines.map((line) => row(line)),
  empty: "",
})}${pagerOf(shown, (from) => `${base}${join}from6=${from}#ipv6`)}</section>`;
}

function row(line: AdmittedLine, colour?: string): readonly (string | Html)[] {
  const { prefixes, hasMore, addresses, meets } = line;
  const swatch = colour !== undefined && html`<span class="swatch ${colour}"></span>`;
  const written = prefixes.map(
    (prefix, at) => html`${at > 0 && ", "}<span class="whole">${formatPrefix(prefix)}</span>`,
  );
  return [
    html`<span class="line-name">${swatch}<span>${lineName(line)}</span></span>`,
    html`<span class="mono">${written}</span>${hasMore && ", and more"}`,
    formatCount(addresses),
    meets.length === 0
      ? ""
      : html`<ul class="plain-list">${meets.map((each) => html`<li>${printable(each)}</li>`)}</ul>`,
  ];
}

/** The file without its folder, which stands there for those who point at it. */
function lineName({ name, place, role }: AdmittedLine): Html {
  const other = role === "mx" ? "" : ` (${role})`;
  if (place === undefined) return html`${printable(name)}${other}`;
  const { file, line } = place;
  const short = file.slice(file.lastIndexOf("/") + 1);
  return html`<span title="${printable(file)}">${printable(`${short}:${line}`)}</span>${other}`;
}

function pagerOf({ lines, from, total }: LinesShown, url: (from: number) => string): Html {
  return pager({ from, shown: lines.length, total, most: mostLines }, url);
}

function countLines(count: number): string {
  return count === 1 ? "1 line" : `${formatCount(BigInt(count))} lines`;
}

function countAddresses(count: bigint): string {
  return count === 1n ? "1 address" : `${formatCount(count)} addresses`;
}
