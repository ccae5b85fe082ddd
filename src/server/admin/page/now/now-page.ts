// The first page: what needs somebody, what goes on at this moment, and how it has been.

import { html } from "hono/html";
import type { Live } from "../../../metrics/live.ts";
import type { HistoryRead, HistorySpan } from "../../../metrics/span.ts";
import { formatSpan } from "../../words/times.ts";
import { dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";
import type { Page } from "../page.ts";
import { badge, livePart, notice } from "../parts.ts";
import type { Attention } from "./attention.ts";
import { type Chart, chartsOf, figureRows, formatFigure, summarize } from "./charts.ts";

export interface NowData {
  readonly attention: readonly Attention[];
  readonly live: Live;
  readonly history: HistoryRead;
}

const spans: readonly (readonly [HistorySpan, string])[] = [
  ["hour", "Last hour"],
  ["day", "Last day"],
  ["week", "Last week"],
];

export function nowPage({ attention, live, history }: NowData): Page {
  return {
    title: "Now",
    modules: ["charts.js"],
    main: html`${livePart("attention", ["now"], attentionPart(attention))}
${livePart("figures", ["now"], figures(live))}
${chartPart(history)}
<h2>The queue by destination</h2>
${livePart("destinations", ["now"], destinationPart(live))}`,
  };
}

function attentionPart(all: readonly Attention[]): Html {
  if (all.length === 0) return notice("ok", "Nothing needs you.");
  const items = all.map(
    ({ tone, text, path, way }) =>
      html`<li class="${tone}"><span aria-hidden="true" class="notice-mark">${tone === "quiet" ? "·" : tone === "problem" ? "✕" : "!"}</span><span>${text} <a href="${path}">${way}</a></span></li>`,
  );
  return html`<section aria-labelledby="needs"><h2 id="needs" class="unseen">What needs you</h2><ul class="attention">${items}</ul></section>`;
}

/** @param rate in a second */
function aMinute(rate: number): string {
  return formatFigure(rate * 60);
}

function figures({ rates, queue, delivering, connections }: Live): Html {
  const out = rates.relayed + rates.local;
  const open = connections.mx + connections.submission + connections.pop3;
  const tiles = [
    ["Messages in", aMinute(rates.accepted), "a minute"],
    ["Recipients out", aMinute(out), "a minute"],
    ["Refused", aMinute(rates.refused), "a minute"],
    ["Put off", aMinute(rates.putOff), "a minute"],
    ["Waiting", queue === null ? "–" : formatFigure(queue.waiting), "recipients"],
    ["Held", queue === null ? "–" : formatFigure(queue.held), "recipients"],
    ["On their way", formatFigure(delivering), "messages"],
    ["Connected", formatFigure(open), "clients"],
  ] as const;
  const each = tiles.map(
    ([name, figure, unit]) =>
      html`<div><dt>${name}</dt><dd><b>${figure}</b> <span>${unit}</span></dd></div>`,
  );
  return html`<dl class="tiles">${each}</dl>`;
}

function chartPart(history: HistoryRead): Html {
  const links = spans.map(([span, name]) => {
    const mark = span === history.span && html` aria-current="true"`;
    return html`<li><a href="${href("/now", { span: span === "hour" ? "" : span })}"${mark}>${name}</a></li>`;
  });
  const charts = chartsOf(history).map((chart) => chartFigure(chart, history));
  return html`<nav class="within" aria-label="How long"><ul>${links}</ul></nav>
<div class="charts" data-charts="${href("/now/history", { span: history.span })}">${charts}</div>`;
}

function chartFigure(chart: Chart, { times, step, span }: HistoryRead): Html {
  const { id, title, unit, lines } = chart;
  const legend = lines.map(
    ({ name }, at) =>
      html`<li><span class="swatch c${at}"></span>${name} <b class="value"></b></li>`,
  );
  const summary = lines.map((line) => summarize(line)).join("; ");
  const rows = figureRows(times, chart).map(({ time, values }) => [
    timeText(time, span),
    ...values.map(formatFigure),
  ]);
  return html`<figure class="panel chart" aria-labelledby="${id}-title">
<figcaption id="${id}-title"><b>${title}</b> <span class="soft">${unit}</span></figcaption>
<div class="plot" id="${id}" role="img" aria-label="${title}, ${unit}. ${summary}."></div>
<ul class="legend">${legend}</ul>
<details><summary>Figures</summary>${dataTable({
    caption: `${title}, ${unit}: the mean of each ${formatSpan(step * Math.max(1, Math.ceil(times.length / 12)))}`,
    columns: [
      { name: "From (UTC)" },
      ...lines.map(({ name }) => ({ name, kind: "number" as const })),
    ],
    rows,
    empty: "Nothing is known yet.",
  })}</details>
</figure>`;
}

function timeText(seconds: number, span: HistorySpan): string {
  const text = new Date(seconds * 1000).toISOString();
  return span === "hour" ? text.slice(11, 16) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
}

const mostDestinations = 20;

function destinationPart({ destinations, at }: Live): Html {
  const shown = destinations.slice(0, mostDestinations);
  const more = destinations.length - shown.length;
  return html`${dataTable({
    caption: "Destinations that something waits for",
    columns: [
      { name: "Destination" },
      { name: "State" },
      { name: "Waiting", kind: "number" },
      { name: "On their way", kind: "number" },
    ],
    rows: shown.map(({ name, downSince, waiting, active }) => [
      html`<a href="${href("/queue", { destination: name })}">${foreign(name)}</a>`,
      downSince === undefined
        ? badge("ok", "takes mail")
        : badge("problem", `down for ${formatSpan(at - downSince)}`),
      formatFigure(waiting),
      formatFigure(active),
    ]),
    empty: "Nothing waits.",
  })}${more > 0 && html`<p>And ${more} more: <a href="/queue">Queue</a></p>`}`;
}
