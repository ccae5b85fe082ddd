// Shows a password once: it is the answer to the form that made it, and stands nowhere else.

import { html } from "hono/html";
import { foreign } from "../html.ts";
import type { Page } from "../page.ts";
import { notice } from "../parts.ts";

export interface Secret {
  readonly title: string;
  /** What it opens. */
  readonly what: string;
  readonly password: string;
  /** Where to go on. */
  readonly next: string;
}

export function secretPage({ title, what, password, next }: Secret): Page {
  return {
    title,
    main: html`${notice("ok", html`<p>${foreign(what)}</p>`)}
<div class="panel">
<p id="secret-label">The password. It is shown this once and kept nowhere: copy it now.</p>
<p class="secret"><code aria-labelledby="secret-label">${password}</code></p>
<p><a class="button primary" href="${next}">I have it</a></p>
</div>`,
  };
}
