// Times as pages show them.

import { html } from "hono/html";
import { formatSpan, formatTime } from "../words/times.ts";
import type { Html } from "./html.ts";

/** @param at UTC milliseconds */
export function moment(at: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${formatTime(at)}</time>`;
}

/** How long ago it was, with the time itself at hand.
 * @param at UTC milliseconds */
export function age(at: number, now: number): Html {
  const text = formatSpan(now - at);
  return html`<time datetime="${new Date(at).toISOString()}" title="${formatTime(at)}">${text}</time>`;
}
