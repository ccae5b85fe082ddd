// All pages of the operator's.

import { StoreError } from "../../../io/store/error.ts";
import type { AdminContext, Route } from "../http/route.ts";
import { askRoutes } from "./ask/routes.ts";
import { listsRoutes } from "./lists/routes.ts";
import { nowRoutes } from "./now/routes.ts";
import type { PageParts, PageRoutes } from "./page-parts.ts";
import { peopleRoutes } from "./people/routes.ts";
import { plainPage } from "./plain-page.ts";
import { queueRoutes } from "./queue/routes.ts";
import { relayRoutes } from "./relay/routes.ts";
import { sections } from "./sections.ts";

const all: readonly PageRoutes[] = [
  nowRoutes,
  relayRoutes,
  askRoutes,
  queueRoutes,
  peopleRoutes,
  listsRoutes,
];

/** The first page, where no other was asked for. */
export const firstPath = sections[0]?.path ?? "/";

/** @param onError hears of what failed, for the log: the operator is not told what that was */
export function pageRoutes(parts: PageParts, onError: (error: unknown) => void): readonly Route[] {
  const home: Route = {
    method: "GET",
    path: "/",
    handle: (context) => context.redirect(firstPath, 303),
  };
  const pages = all.flatMap((routes) => routes(parts));
  return [home, ...pages.map((route) => guarded(route, parts, onError))];
}

/** What fails is said as a page, too. */
function guarded(route: Route, { show }: PageParts, onError: (error: unknown) => void): Route {
  return {
    ...route,
    async handle(context) {
      try {
        return await route.handle(context);
      } catch (error) {
        if (error instanceof StoreError) return show(context, storePage(error, context), 503);
        onError(error);
        return show(context, failedPage, 500);
      }
    },
  };
}

function storePage({ message }: StoreError, { req }: AdminContext) {
  const again = { path: req.method === "GET" ? req.path : firstPath, words: "Try again" };
  return plainPage("The store does not answer", message, again);
}

const failedPage = plainPage(
  "This failed here",
  "It was a fault of the program’s. The server’s log says which.",
);
