// Says what an act will touch, before it is done.

import { html } from "hono/html";
import { formatAddress, formatReversePath } from "../../../../core/mail/address.ts";
import type { QueueEntry, QueueRecipient } from "../../../../io/store/message-store.ts";
import { formatMessageId } from "../../../../core/queue/message.ts";
import { foreign, type Html } from "../html.ts";
import { messagePath } from "../links.ts";
import type { Page } from "../page.ts";
import { actForm, facts } from "../parts.ts";
import { counted } from "../quantities.ts";
import { type Act, isTouched, type Selection, selectionFields } from "./acts.ts";

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
<section class="panel" aria-label="What it will touch">${summary(act, selection, sample, count)}</section>
${actForm(
  "/queue/act",
  csrf,
  html`${fields}<div class="buttons"><button class="${weight}">${act.button} ${counted(count, "message")}</button> <a class="button" href="${back}">Cancel</a></div>`,
)}`,
  };
}

/** The words that stand most often, with how often. */
const mostNamed = 5;

function summary(
  act: Act,
  selection: Selection,
  sample: readonly QueueEntry[],
  count: number,
): Html {
  const touched = sample.flatMap((entry) => {
    const recipients = entry.recipients.filter((each) => isTouched(act, selection, each));
    return recipients.length === 0 ? [] : [{ entry, recipients }];
  });
  const all = touched.flatMap(({ recipients }) => recipients);
  const destinations = all.flatMap(({ destination }) => destination?.name ?? []);
  const only = touched.length === 1 ? touched[0]?.entry : undefined;
  const rows: (readonly [string, Html])[] = [
    ["senders", tally(touched.map(({ entry }) => `<${formatReversePath(entry.sender)}>`))],
    all.length <= mostNamed
      ? ["recipients", tally(all.map(({ address }) => formatAddress(address)))]
      : ["recipients in", tally(all.map(({ address }) => address.domain))],
  ];
  if (only !== undefined) rows.unshift(["message", messageLink(only)]);
  if (destinations.length > 0) rows.push(["wait for", tally(destinations)]);
  return html`${count > touched.length && html`<p class="soft">Among the first ${counted(touched.length, "message")}:</p>`}
${facts(rows)}
${others(touched)}`;
}

function messageLink({ id }: QueueEntry): Html {
  return html`<a class="mono" href="${messagePath(id)}">${formatMessageId(id)}</a>`;
}

/** Recipients of the same messages that the filter does not mean. */
function others(
  touched: readonly { readonly entry: QueueEntry; readonly recipients: readonly unknown[] }[],
): Html | undefined {
  const count = touched.reduce(
    (sum, { entry, recipients }) => sum + openOf(entry).length - recipients.length,
    0,
  );
  if (count === 0) return undefined;
  return html`<p class="soft">${counted(count, "other recipient")} of these messages stay as they are.</p>`;
}

function openOf({ recipients }: QueueEntry): readonly QueueRecipient[] {
  return recipients.filter(({ state }) => state === "waiting" || state === "held");
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
