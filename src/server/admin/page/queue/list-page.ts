// *Queue*: what waits, and what to do about it.

import { html } from "hono/html";
import { formatAddress, formatReversePath } from "../../../../core/mail/address.ts";
import { formatMessageId } from "../../../../core/queue/message.ts";
import type { QueueEntry, QueueRecipient } from "../../../../io/store/message-store.ts";
import type { DestinationView } from "../../operations.ts";
import { describeState } from "../../words/queue-words.ts";
import { type Cell, dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { messagePath } from "../links.ts";
import { age } from "../moments.ts";
import type { Page } from "../page.ts";
import { badge, livePart } from "../parts.ts";
import { counted, formatOctets } from "../quantities.ts";
import { acts } from "./acts.ts";
import { destinationPart } from "./destinations.ts";
import {
  formQuery,
  listHref,
  placeQuery,
  type ListPlace,
  type QueueForm,
  type QueueProblems,
} from "./filter.ts";
import { filterForm } from "./filter-form.ts";

export interface QueueData {
  readonly form: QueueForm;
  readonly problems: QueueProblems;
  readonly place: ListPlace;
  readonly entries: readonly QueueEntry[];
  /** Messages that the filter means. */
  readonly total: number;
  /** There are messages before and behind this page. */
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
  readonly destinations: readonly DestinationView[];
  readonly csrf: string;
  /** UTC milliseconds. */
  readonly now: number;
}

export function queuePage(data: QueueData): Page {
  const { form, problems, place, destinations, csrf, now } = data;
  return {
    title: "Queue",
    main: html`${livePart("destinations", ["queue"], destinationPart(destinations, csrf, now))}
${filterForm(form, problems, place)}
${livePart("messages", ["queue"], messagesPart(data))}`,
    modules: ["select.js"],
  };
}

function messagesPart(data: QueueData): Html {
  const { form, place, entries, total, problems, now } = data;
  if (Object.keys(problems).length > 0) return html`<p class="empty">Correct the filter above.</p>`;
  const isFiltered = Object.values(formQuery(form)).some((value) => value !== "");
  if (entries.length === 0) {
    return html`<p class="empty">${isFiltered ? "No message in the queue is meant by that." : "The queue is empty."}</p>`;
  }
  return html`<form action="/queue/act" method="get" class="selection">
${hiddenFields(form)}
<input type="hidden" name="back" value="${listHref(form, placeQuery(place))}">
${actBar(total, isFiltered)}
${dataTable({
  caption: "Messages",
  columns: [
    { name: html`<span class="unseen">Select</span>`, label: "Select", kind: "control" },
    { name: "Message" },
    { name: "Age", kind: "number" },
    { name: "Size", kind: "number" },
    { name: "Sender" },
    { name: "Recipients" },
  ],
  rows: entries.map((entry) => entryRow(entry, now)),
  empty: "",
})}
</form>
${pager(data)}`;
}

function hiddenFields(form: QueueForm): readonly Html[] {
  return Object.entries(formQuery(form)).flatMap(([name, value = ""]) =>
    value === "" ? [] : [html`<input type="hidden" name="${name}" value="${value}">`],
  );
}

function actBar(total: number, isFiltered: boolean): Html {
  const which = isFiltered ? "that the filter means" : "in the queue";
  const buttons = acts.map(
    ({ name, button }) =>
      html`<button name="act" value="${name}"${name === "delete" && html` class="danger"`}>${button}…</button>`,
  );
  return html`<div class="act-bar">
<p class="total" aria-live="off"><strong>${counted(total, "message")}</strong> ${isFiltered ? "by this filter" : ""}</p>
<div class="check"><input type="checkbox" id="all" name="all" value="yes"><label for="all">All ${String(total)} ${which}</label></div>
<div class="buttons" role="group" aria-label="What to do with the selected messages">${buttons}</div>
</div>`;
}

/** Recipients of a message that are shown in the list. */
const mostShown = 3;

function entryRow(entry: QueueEntry, now: number): readonly Cell[] {
  const id = formatMessageId(entry.id);
  const open = entry.recipients.filter(({ state }) => state === "waiting" || state === "held");
  const more = open.length - mostShown;
  return [
    html`<input type="checkbox" name="id" value="${id}" aria-label="Select ${id}">`,
    html`<a class="mono word" href="${messagePath(entry.id)}">${id}</a>`,
    age(entry.receivedAt, now),
    formatOctets(entry.size),
    foreign(`<${formatReversePath(entry.sender)}>`),
    html`<ul class="recipients">${open
      .slice(0, mostShown)
      .map((recipient) => recipientItem(recipient, now, entry.releaseAt))}${
      more > 0 && html`<li class="soft">and ${String(more)} more</li>`
    }</ul>`,
  ];
}

function recipientItem(recipient: QueueRecipient, now: number, releaseAt?: number): Html {
  const isHeld = recipient.state === "held";
  const words = describeState(recipient, now, releaseAt);
  return html`<li>${foreign(formatAddress(recipient.address))}
<span class="state">${isHeld ? badge("quiet", "held") : undefined} ${foreign(isHeld ? words.replace(/^held(: )?/, "") : words)}</span></li>`;
}

function pager({ form, place, entries, hasEarlier, hasLater }: QueueData): Html | undefined {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined || !(hasEarlier || hasLater)) return undefined;
  const order = { first: place.first === "newest" ? "newest" : undefined };
  const to = (words: string, at: Readonly<Record<string, string>>) =>
    html`<a class="button" href="${listHref(form, { ...order, ...at })}">${words}</a>`;
  return html`<nav class="pager" aria-label="Pages of the list">
${hasEarlier ? html`<span class="buttons">${to("First page", {})} ${to("Previous", { before: formatMessageId(first.id) })}</span>` : html`<span></span>`}
${hasLater && to("Next", { after: formatMessageId(last.id) })}
</nav>`;
}
