// One message of the queue: for whom it waits, for what, and what was tried.

import { html } from "hono/html";
import { formatAddress, formatReversePath } from "../../../../core/mail/address.ts";
import { formatMessageId } from "../../../../core/queue/message.ts";
import { describeProtection } from "../../../../core/smtp/client/protection.ts";
import type {
  QueueAttempt,
  QueueDetail,
  QueueRecipient,
} from "../../../../io/store/message-store.ts";
import type { QueueHeaders, QueueWhy } from "../../operations.ts";
import type { WhyRecipient } from "../../why-waiting.ts";
import {
  describeAttempts,
  describeRecipientRequest,
  describeState,
  describeTraits,
} from "../../words/queue-words.ts";
import { describeCause, describeEnd } from "../../words/why-words.ts";
import { type Cell, dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { clientLink, href, messagePath } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page, Tone } from "../page.ts";
import { actForm, badge, facts, livePart } from "../parts.ts";
import { formatOctets } from "../quantities.ts";
import { visible } from "../visible.ts";
import { acts } from "./acts.ts";

export interface MessageData {
  readonly detail: QueueDetail;
  readonly why: QueueWhy;
  readonly headers: QueueHeaders;
  readonly csrf: string;
  /** UTC milliseconds. */
  readonly now: number;
}

export function queuedMessagePage(data: MessageData): Page {
  const { detail, headers, csrf } = data;
  return {
    title: `Message ${formatMessageId(detail.id)}`,
    main: html`<section class="panel" aria-label="The message">${aboutMessage(detail)}</section>
${actBar(detail, csrf)}
${livePart("progress", ["queue"], progress(data))}
<h2>Headers</h2>
<pre class="headers" dir="ltr" tabindex="0" role="region" aria-label="Headers of the message">${visible(headers.text)}</pre>
${headers.isCut && html`<p class="soft">There is more of them than the first 64 kB.</p>`}`,
  };
}

function aboutMessage(detail: QueueDetail): Html {
  const { receivedAt, size, sender, origin } = detail;
  const { client, hello = "", listener = "", login } = origin;
  const from =
    client === undefined
      ? "written by this server"
      : html`${clientLink(client)}, greeted as ${foreign(hello)}, at ${foreign(listener)}`;
  const traits = describeTraits(detail);
  return facts([
    ["received", moment(receivedAt)],
    ["from", from],
    ...(login === undefined ? [] : [["account", foreign(login)] as const]),
    ["sender", foreign(`<${formatReversePath(sender)}>`)],
    ["size", formatOctets(size)],
    ...(traits.length === 0
      ? []
      : [
          [
            "also",
            html`<ul class="tally">${traits.map((trait) => html`<li>${foreign(trait)}</li>`)}</ul>`,
          ] as const,
        ]),
  ]);
}

/** What can be undone is done at once; deleting is confirmed first. */
function actBar({ id, recipients }: QueueDetail, csrf: string): Html {
  const states = new Set(recipients.map(({ state }) => state));
  const of = (name: string) =>
    name === "release" ? states.has("held") : name === "delete" || states.has("waiting");
  const key = formatMessageId(id);
  const buttons = acts
    .filter(({ name }) => of(name))
    .map(({ name, button }) =>
      name === "delete"
        ? html`<a class="button danger" href="${href("/queue/act", { act: name, id: key })}">${button}…</a>`
        : actForm(
            "/queue/act",
            csrf,
            html`<input type="hidden" name="act" value="${name}"><input type="hidden" name="id" value="${key}"><input type="hidden" name="back" value="${messagePath(id)}"><button>${button}</button>`,
          ),
    );
  return html`<div class="buttons" role="group" aria-label="What to do with it">${buttons}</div>`;
}

function progress({ detail, why, now }: MessageData): Html {
  const items = detail.recipients.map((recipient) =>
    recipientPart(recipient, { detail, why, now }),
  );
  return html`<h2>Recipients</h2>
<ul class="cards">${items}</ul>
<h2>Attempts</h2>
${dataTable({
  caption: "Attempts, in the order in which they were made",
  columns: [
    { name: "Time" },
    { name: "Recipient" },
    { name: "Result" },
    { name: "By" },
    { name: "Said" },
  ],
  rows: detail.attempts.map((attempt) => attemptRow(detail, attempt)),
  empty: "No attempts yet.",
})}`;
}

const stateTones: Readonly<Record<QueueRecipient["state"], Tone>> = {
  waiting: "quiet",
  held: "quiet",
  delivered: "ok",
  failed: "problem",
};

function toneOf({ state }: QueueRecipient, waits: WhyRecipient | undefined): Tone {
  return waits?.cause.kind === "destination-down" ? "warning" : stateTones[state];
}

function recipientPart(
  recipient: QueueRecipient,
  { detail, why, now }: Pick<MessageData, "detail" | "why" | "now">,
): Html {
  const address = formatAddress(recipient.address);
  const waits = why.recipients.find((one) => formatAddress(one.address) === address);
  const lines =
    waits === undefined
      ? [describeState(recipient, now, detail.releaseAt)]
      : [
          describeCause(waits.cause, now),
          ...(waits.said === undefined
            ? []
            : [`last words${waits.peer === undefined ? "" : ` (${waits.peer})`}: ${waits.said}`]),
          describeEnd(waits),
        ];
  const all = [...lines, ...describeRecipientRequest(recipient)];
  return html`<li class="panel"><p><strong>${foreign(address)}</strong> ${badge(toneOf(recipient, waits), recipient.state)} <span class="soft">${recipient.kind}, ${describeAttempts(recipient)}</span></p>
<ul class="tally">${all.map((line) => html`<li>${foreign(line)}</li>`)}</ul></li>`;
}

function attemptRow({ recipients }: QueueDetail, attempt: QueueAttempt): readonly Cell[] {
  const { at, index, peer, state, said, protection } = attempt;
  const address = recipients[index]?.address;
  const tone: Tone = state === "delivered" ? "ok" : state === "failed" ? "problem" : "warning";
  return [
    moment(at),
    foreign(address === undefined ? "?" : formatAddress(address)),
    badge(tone, state),
    html`${foreign(peer)}${protection !== undefined && html`<br><span class="soft">${foreign(describeProtection(protection))}</span>`}`,
    foreign(said),
  ];
}
