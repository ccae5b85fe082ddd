// Answers a request with a page.

import type { AdminContext } from "../http/route.ts";
import { frame, type Visitor } from "./frame.ts";
import type { Changes } from "./live/changes.ts";
import type { Outcome, Page } from "./page.ts";
import type { StaticFiles } from "./static-files.ts";

export interface ShowOptions {
  readonly hostname: string;
  readonly files: Pick<StaticFiles, "urlOf">;
  /** Who has logged in; undefined where nobody has. */
  readonly visitorOf: (context: AdminContext) => Visitor | undefined;
  readonly changes: Pick<Changes, "count">;
  /** What came of the act that led here. */
  readonly outcomeOf: (context: AdminContext) => Outcome | undefined;
}

export type PageStatus = 200 | 400 | 403 | 404 | 405 | 413 | 415 | 421 | 500 | 503;

export type Show = (
  context: AdminContext,
  page: Page,
  status?: PageStatus,
) => Response | Promise<Response>;

export function createShow({ hostname, files, visitorOf, outcomeOf, changes }: ShowOptions): Show {
  return (context, page, status = 200) => {
    const visitor = visitorOf(context);
    const outcome = outcomeOf(context);
    const document = frame(page, {
      hostname,
      files,
      path: context.req.path,
      changes: changes.count,
      ...(visitor !== undefined && { visitor }),
      ...(outcome !== undefined && { outcome }),
    });
    return context.html(document, status);
  };
}
