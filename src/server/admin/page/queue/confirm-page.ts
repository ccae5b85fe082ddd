// Says what an act will touch, before it is done.

import { html } from "hono/html";
import { formatAddress, formatReversePath } from "../../../../core/mail/address.ts";
import type { QueueEntry } from "../../../../io/store/message-store.ts";
import { formatMessageId } from "../../../../core/queue/message.ts";
import { foreign, type Html } from "../html.ts";
import { messagePath } from "../links.ts";
import type { Page } from "../page.ts";
import { actForm, facts } from "../parts.ts";
import { counted } from "../quantities.ts";
import { type Act, type Selection, selectionFields } from "./acts.ts";

export interface ConfirmData {
  readonly act: Act;
  readonly selection: Selection;
  /** Messages that the act would touch. */
  readonly count: number;
  /** The first of those that are selected. */
  readonly sample: readonly QueueEntry[];
  /** Where to go afterwards. */
  readonly back: string;
  readonly csrf: string;
}

export function confirmPage({ act, selection, count, sample, back, csrf }: ConfirmData): Page {
  const title = `${act.button} ${counted(count, "message")}?`;
  const named = selection.ids === "all" ? undefined : selection.ids.length - count;
  if (count === 0) {
    return {
      title: `${act.button}: nothing to do`,
      main: html`<p class="lead">None of these messages can be touched by that any more: they were delivered, bounced or deleted, or are ${act.done} already.</p>
<p><a class="button" href="${back}">Back to the queue</a></p>`,
    };
  }
  const fields = [
    ["act", act.name],
    ["meant", String(count)],
    ["back", back],
    ...selectionFields(selection),
  ].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const weight = act.name === "delete" ? "primary danger" : "primary";
  return {
    title,
    main: html`<p class="lead">${act.effect}</p>
${named !== undefined && named > 0 && html`<p class="lead">${counted(named, "other")} of those selected is left as it is: gone meanwhile, or ${act.done} already.</p>`}
<section class="panel" aria-label="What it will touch">${summary(sample, count)}</section>
${actForm(
  "/queue/act",
  csrf,
  html`${fields}<div class="buttons"><button class="${weight}">${act.button} ${counted(count, "message")}</button> <a class="button" href="${back}">Cancel</a></div>`,
)}`,
  };
}

/** The words that stand most often, with how often. */
const mostNamed = 5;

function summary(sample: readonly QueueEntry[], count: number): Html {
  const open = sample.flatMap(({ recipients }) =>
    recipients.filter(({ state }) => state === "waiting" || state === "held"),
  );
  const senders = tally(sample.map(({ sender }) => `<${formatReversePath(sender)}>`));
  const domains = tally(open.map(({ address }) => address.domain));
  const destinations = tally(open.flatMap(({ destination }) => destination?.name ?? []));
  const part =
    count > sample.length
      ? html`<p class="soft">Among the first ${counted(sample.length, "message")}:</p>`
      : undefined;
  const only = sample.length === 1 ? sample[0] : undefined;
  return html`${part}${facts([
    ...(only === undefined
      ? []
      : [
          [
            "message",
            html`<a class="mono" href="${messagePath(only.id)}">${formatMessageId(only.id)}</a>`,
          ] as const,
        ]),
    ["senders", senders],
    ...(open.length <= mostNamed
      ? [["recipients", tally(open.map(({ address }) => formatAddress(address)))] as const]
      : [["recipients’ domains", domains] as const]),
    ...(open.some(({ destination }) => destination !== undefined)
      ? [["waits for", destinations] as const]
      : []),
  ])}`;
}

function tally(words: readonly string[]): Html {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
  const more = sorted.length - mostNamed;
  const items = sorted
    .slice(0, mostNamed)
    .map(
      ([word, times]) =>
        html`<li>${foreign(word)}${times > 1 && html` <span class="soft">× ${String(times)}</span>`}</li>`,
    );
  return html`<ul class="tally">${items}${more > 0 && html`<li class="soft">and ${String(more)} more</li>`}</ul>`;
}
