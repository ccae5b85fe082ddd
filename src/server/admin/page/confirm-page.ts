// Asks before something is done that cannot be undone, and says what it will touch.

import { html } from "hono/html";
import type { Html } from "./html.ts";
import type { Page } from "./page.ts";
import { actForm } from "./parts.ts";

export interface Confirmation {
  readonly title: string;
  /** What it will touch. */
  readonly says: readonly (string | Html)[];
  /** Where the form goes, and what it carries along. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What is done, on its button. */
  readonly button: string;
  /** Where to go instead. */
  readonly back: string;
  readonly csrf: string;
}

export function confirmPage(confirmation: Confirmation): Page {
  const { title, says, action, fields, button, back, csrf } = confirmation;
  const lines = says.map((line) => html`<li>${line}</li>`);
  const carried = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return {
    title,
    main: html`<div class="panel"><ul class="said">${lines}</ul>
${actForm(action, csrf, html`${carried}<div class="buttons"><button class="primary danger">${button}</button><a class="button" href="${back}">Leave it as it is</a></div>`)}</div>`,
  };
}
