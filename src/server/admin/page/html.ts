// What pages are made of: templates that escape whatever is put into them.

import { html } from "hono/html";
import { printable } from "../../../core/smtp/reply.ts";

/** A piece of a page. Text is put into it by `html` alone, which escapes it. */
export type Html = ReturnType<typeof html>;

export const nothing = html``;

/** A word of so many characters may be broken anywhere, so that no page grows wider for it. */
const longWord = /[^\s]{31}/u;

/** Words that came from outside (a greeting, an address, a reply): in brackets of their own direction,
 * so that they turn round nothing beside them, and without control characters. */
export function foreign(text: string): Html {
  const mark = longWord.test(text) && html` class="long"`;
  return html`<bdi${mark}>${printable(text)}</bdi>`;
}
