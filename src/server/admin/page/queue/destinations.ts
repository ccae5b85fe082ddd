// Destinations that are down, above the queue.

import { html } from "hono/html";
import { formatSpan } from "../../words/times.ts";
import type { DestinationView } from "../../operations.ts";
import { type Cell, dataTable } from "../data-table.ts";
import { foreign, type Html, nothing } from "../html.ts";
import { href } from "../links.ts";
import { age } from "../moments.ts";
import { actForm } from "../parts.ts";
import { counted } from "../quantities.ts";

/** Destinations that are listed. */
const mostListed = 20;

/** @param now UTC milliseconds */
export function destinationPart(all: readonly DestinationView[], csrf: string, now: number): Html {
  const down = all.filter(({ downSince }) => downSince !== undefined);
  if (down.length === 0) return nothing;
  const more = down.length - mostListed;
  return html`<section class="down" aria-labelledby="down">
<h2 id="down"><span class="badge problem"><span aria-hidden="true">✕</span> down</span> ${counted(down.length, "destination")} that mail waits for</h2>
${dataTable({
  caption: "Destinations that are down",
  columns: [
    { name: "Destination" },
    { name: "Waiting", kind: "number" },
    { name: "Down for", kind: "number" },
    { name: "Next try", kind: "number" },
    { name: "Last words" },
    { name: html`<span class="unseen">Act</span>`, kind: "control" },
  ],
  rows: down.slice(0, mostListed).map((view) => row(view, csrf, now)),
  empty: "",
})}
${more > 0 && html`<p class="soft">and ${String(more)} more</p>`}
${down.length > 1 && actForm("/queue/flush", csrf, html`<button>Try all of them now</button>`)}
</section>`;
}

function row(view: DestinationView, csrf: string, now: number): readonly Cell[] {
  const { name, host, waiting, downSince = now, nextTry = now, said = "", peer } = view;
  const again = html`<input type="hidden" name="destination" value="${name}"><button aria-label="Try now: ${name}">Try now</button>`;
  return [
    html`<a href="${href("/queue", { destination: name })}">${foreign(name)}</a>${host !== undefined && html` <span class="soft">of ${foreign(host)}</span>`}`,
    waiting.toLocaleString("en-GB"),
    age(downSince, now),
    nextTry <= now ? "now" : `in ${formatSpan(nextTry - now)}`,
    html`${peer !== undefined && html`<span class="soft">${foreign(peer)}:</span> `}${foreign(said)}`,
    actForm("/queue/flush", csrf, again),
  ];
}
