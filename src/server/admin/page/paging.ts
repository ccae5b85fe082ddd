// Long lists, a part at a time.

import { html } from "hono/html";
import { formatCount } from "../../../core/policy/proof/words.ts";
import { type Html, nothing } from "./html.ts";

export interface Paged {
  /** The first that is shown, from 0; how many are; and how many there are in all. */
  readonly from: number;
  readonly shown: number;
  readonly total: number;
  /** How many are shown at once. */
  readonly most: number;
}

/** Where in the list one is, and the ways on and back; nothing where all is shown.
 * @param urlOf the page that begins there */
export function pager(paged: Paged, urlOf: (from: number) => string): Html {
  const { from, shown, total, most } = paged;
  if (from === 0 && shown >= total) return nothing;
  const before =
    from > 0 && html`<a href="${urlOf(Math.max(0, from - most))}" rel="prev">Before</a>`;
  const next = from + shown < total && html`<a href="${urlOf(from + shown)}" rel="next">Next</a>`;
  const place = shown === 0 ? "None" : `${number(from + 1)} to ${number(from + shown)}`;
  return html`<div class="pager"><span>${place} of ${number(total)}</span><span>${before} ${next}</span></div>`;
}

function number(count: number): string {
  return formatCount(BigInt(count));
}

/** `from` of an address: a whole number, or the beginning. */
export function readFrom(text: string | null | undefined): number {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) : 0;
}
