// `/relay`.

import { viewOf, wholeView } from "../../../../core/policy/proof/map/view.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { field, queryOf, routesOf } from "../acting.ts";
import type { PageParts } from "../page-parts.ts";
import { readFrom } from "../paging.ts";
import { relayPage } from "./relay-page.ts";

export function relayRoutes(parts: PageParts): readonly Route[] {
  const { get } = routesOf(parts);
  return [get("/relay", showRelay)];
}

async function showRelay(context: AdminContext, { show, server }: PageParts) {
  const query = queryOf(context);
  const asked = field(query, "view");
  const view = asked === "" ? wholeView : viewOf(asked);
  const page = relayPage(await server.relay(), {
    view: view ?? wholeView,
    from: readFrom(query.get("from")),
    from6: readFrom(query.get("from6")),
    ...(view === undefined && { misread: asked }),
  });
  return show(context, page, view === undefined ? 400 : 200);
}
