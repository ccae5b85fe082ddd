// `/now` and below.

import type { HistorySpan } from "../../../metrics/span.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { queryOf, routesOf } from "../acting.ts";
import type { PageParts } from "../page-parts.ts";
import { attentionOf } from "./attention.ts";
import { chartsOf } from "./charts.ts";
import { nowPage } from "./now-page.ts";

export function nowRoutes(parts: PageParts): readonly Route[] {
  const { get } = routesOf(parts);
  return [get("/now", showNow), get("/now/history", giveHistory)];
}

function spanOf(context: AdminContext): HistorySpan {
  const span = queryOf(context).get("span");
  return span === "day" || span === "week" ? span : "hour";
}

async function showNow(context: AdminContext, { show, operations, server, now }: PageParts) {
  const can = operations(context);
  const stoppedOnly = { domain: null, text: null, only: "stopped" } as const;
  const [live, history, stopped, blocklists, relay] = await Promise.all([
    server.history.now(),
    server.history.read(spanOf(context)),
    can.accountSearch(stoppedOnly, { limit: 5, offset: 0 }),
    can.blocklistReport(false),
    server.relay(),
  ]);
  const attention = attentionOf({
    storeAnswers: live.queue !== null,
    stopped,
    destinations: live.destinations,
    blocklists,
    certificates: server.certificates(),
    findings: relay.findings,
    held: live.queue?.held ?? 0,
    now: now(),
  });
  return show(context, nowPage({ attention, live, history }));
}

/** What the browser draws. */
async function giveHistory(context: AdminContext, { server }: PageParts) {
  const history = await server.history.read(spanOf(context));
  const { span, times } = history;
  return context.json({ span, times, charts: chartsOf(history) });
}
