// All pages of the operator's.

import type { Watchers } from "../../watching/watchers.ts";
import type { OperationsFor } from "../act-for.ts";
import { formToken, readForm } from "../http/form.ts";
import type { Look } from "../http/look.ts";
import type { AdminContext, Route } from "../http/route.ts";
import { Conversations } from "./ask/conversations.ts";
import { askRoutes } from "./ask/routes.ts";
import type { Visitor } from "./frame.ts";
import { withParameter } from "./links.ts";
import { listsRoutes } from "./lists/routes.ts";
import type { Changes } from "./live/changes.ts";
import { eventRoutes } from "./live/routes.ts";
import { createLook } from "./login-page.ts";
import { nowRoutes } from "./now/routes.ts";
import { Outcomes } from "./outcomes.ts";
import type { PageParts, PageRoutes } from "./page-parts.ts";
import { peopleRoutes } from "./people/routes.ts";
import { createPageProblems, type PageProblems } from "./problems.ts";
import { queueRoutes } from "./queue/routes.ts";
import { relayRoutes } from "./relay/routes.ts";
import { sections } from "./sections.ts";
import type { ServerView } from "./server-view.ts";
import { createShow } from "./show.ts";
import { readStaticFiles } from "./static-files.ts";

export interface PagesOptions {
  readonly hostname: string;
  readonly operationsFor: OperationsFor;
  /** What else of the server pages show. */
  readonly view: ServerView;
  readonly changes: Changes;
  readonly watchers: Watchers;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** A new name that nobody guesses. */
  readonly newKey: () => string;
  /** Hears of what failed, for the log: the operator is not told what that was. */
  readonly onError: (error: unknown) => void;
}

export interface Pages {
  readonly routes: readonly Route[];
  readonly look: Look;
  readonly problems: PageProblems;
}

const all: readonly PageRoutes[] = [nowRoutes, relayRoutes, queueRoutes, peopleRoutes, listsRoutes];

/** The first page, where no other was asked for. */
const firstPath = sections[0]?.path ?? "/";

/** The page's address says under this name which outcome is to be said. */
const outcomeName = "said";

const chartScript = new URL(import.meta.resolve("uplot/dist/uPlot.esm.js"));
const chartStyle = new URL(import.meta.resolve("uplot/dist/uPlot.min.css"));

export async function openPages(options: PagesOptions): Promise<Pages> {
  const { hostname, operationsFor, view, changes, watchers, now, newKey, onError } = options;
  const files = await readStaticFiles({ "uplot.js": chartScript, "uplot.css": chartStyle });
  const outcomes = new Outcomes(newKey);
  const show = createShow({
    hostname,
    files,
    changes,
    visitorOf,
    outcomeOf(context) {
      const key = context.req.query(outcomeName);
      const visitor = visitorOf(context);
      if (key === undefined || visitor === undefined) return undefined;
      return outcomes.find(visitor.name, key);
    },
  });
  const parts: PageParts = {
    show,
    operations: (context) => operationsFor(context.get("actor")),
    csrf: formToken,
    async readForm(context) {
      const form = await readForm(context);
      return form.ok ? form.value : form.problem;
    },
    leadTo(context, path, outcome) {
      const key = outcomes.keep(context.get("actor").name, outcome);
      return context.redirect(withParameter(path, outcomeName, key), 303);
    },
    server: view,
    now,
  };
  return {
    routes: [
      home,
      ...files.routes,
      ...eventRoutes(changes),
      ...askRoutes(parts, new Conversations({ watchers, changes, now })),
      ...all.flatMap((routes) => routes(parts)),
    ],
    look: createLook({ hostname, files }),
    problems: createPageProblems(show, onError),
  };
}

const home: Route = {
  method: "GET",
  path: "/",
  access: "page",
  handle: (context) => context.redirect(firstPath, 303),
};

function visitorOf(context: AdminContext): Visitor | undefined {
  const session = context.get("session");
  return session && { name: session.operator, csrf: session.formToken };
}
