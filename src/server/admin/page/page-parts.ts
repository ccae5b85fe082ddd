// What pages are given: whom they speak for, what can be done, and how to answer.

import type { AdminContext, Route } from "../http/route.ts";
import type { ServerOperations } from "../server-operations.ts";
import type { Outcome } from "./page.ts";
import type { ServerView } from "./server-view.ts";
import type { Show } from "./show.ts";

export interface PageParts {
  readonly show: Show;
  /** The acts, in the name of whoever asks. */
  readonly operations: (context: AdminContext) => ServerOperations;
  /** What goes with every form of this visitor's that changes something. */
  readonly csrf: (context: AdminContext) => string;
  /** The fields of a form, or the answer that says what is wrong with it. */
  readonly readForm: ReadForm;
  /** Leads to a page of ours, which says there what came of an act. */
  readonly leadTo: (context: AdminContext, path: string, outcome: Outcome) => Response;
  /** What else of the server pages show. */
  readonly server: ServerView;
  /** UTC milliseconds. */
  readonly now: () => number;
}

type ReadForm = (context: AdminContext) => Promise<URLSearchParams | Response>;

/** Pages of a section. */
export type PageRoutes = (parts: PageParts) => readonly Route[];
