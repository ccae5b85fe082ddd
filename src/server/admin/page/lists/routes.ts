// `/lists` and below.

import { parseDomain } from "../../../../core/mail/domain.ts";
import { lookUpDomain } from "../../../dns-records/look-up.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { OperationError } from "../../operations.ts";
import { field, queryOf, routesOf, sentence } from "../acting.ts";
import type { PageParts } from "../page-parts.ts";
import { plainPage } from "../plain-page.ts";
import { dnsPage } from "./dns-page.ts";
import { listsPage } from "./lists-page.ts";

export function listsRoutes(parts: PageParts): readonly Route[] {
  const { get } = routesOf(parts);
  return [get("/lists", showLists), get("/lists/dns", showDns)];
}

async function showLists(context: AdminContext, { show, operations, server, now }: PageParts) {
  const test = queryOf(context).get("test");
  const can = operations(context);
  const [blocklists, resolvers, destinations, keys, domains] = await Promise.all([
    can.blocklistReport(test === "blocklists"),
    test === "resolvers" ? server.testResolvers() : undefined,
    can.queueDestinations(),
    can.dkimList(null),
    can.domainList(),
  ]);
  const data = {
    blocklists,
    ...(resolvers !== undefined && { resolvers }),
    certificates: server.certificates(),
    settings: server.settings(),
    destinations,
    silentHosts: server.silentHosts(),
    keys,
    domains,
    now: now(),
  };
  return show(context, listsPage(data));
}

/** Milliseconds that somebody waits for the DNS. */
const patience = 8_000;

async function showDns(context: AdminContext, { show, operations, server, now }: PageParts) {
  const text = field(queryOf(context), "domain");
  const way = { path: "/lists#keys", words: "Back" };
  const no = (why: string) => show(context, plainPage("No such domain", why, way), 404);
  const domain = parseDomain(text);
  if (domain === undefined) return no(`${text} is no domain.`);
  try {
    const findings = await lookUpDomain({
      domain,
      settings: server.settings(),
      operations: operations(context),
      now: now(),
      patience,
    });
    return await show(context, dnsPage(domain, findings));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return no(sentence(error.message));
  }
}
