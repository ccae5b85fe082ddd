// A page is a function from data to this. `createShow` puts the frame around it and answers with it.

import type { Html } from "./html.ts";

export interface Page {
  /** Of the window, and the page's heading. */
  readonly title: string;
  /** Everything below the heading. */
  readonly main: Html;
  /** Modules of `static/` that this page loads beside those of every page. It works without them. */
  readonly modules?: readonly string[];
}

/** What came of an act, said at the top of the page that follows it. */
export interface Outcome {
  readonly tone: Tone;
  readonly text: string;
}

/** What a colour means, always beside a mark or a word that means the same. */
export type Tone = "ok" | "warning" | "problem" | "quiet";
