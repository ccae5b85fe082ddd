// A page that says one thing: something is not there, not allowed, or has failed.

import { html } from "hono/html";
import { foreign } from "./html.ts";
import type { Page } from "./page.ts";

export interface WayOut {
  readonly path: string;
  readonly words: string;
}

/** @param text what is so, and what to do */
export function plainPage(title: string, text: string, wayOut?: WayOut): Page {
  const link = wayOut && html`<p><a class="button" href="${wayOut.path}">${wayOut.words}</a></p>`;
  return { title, main: html`<p class="lead">${foreign(text)}</p>${link}` };
}
