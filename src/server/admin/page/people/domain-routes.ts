// Domains: added and taken away.

import { parseDomain } from "../../../../core/mail/domain.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { acted, field, misread, queryOf, routesOf } from "../acting.ts";
import { confirmPage } from "../confirm-page.ts";
import type { PageParts } from "../page-parts.ts";
import { counted } from "../quantities.ts";
import { domainsPage } from "./domains-page.ts";
import { paths } from "./people-links.ts";

export function domainRoutes(parts: PageParts): readonly Route[] {
  const { get, post } = routesOf(parts);
  return [
    get(paths.domains, showDomains),
    post(paths.addDomain, add),
    get(paths.removeDomain, confirmRemoval),
    post(paths.removeDomain, remove),
  ];
}

async function showDomains(context: AdminContext, { show, operations, csrf }: PageParts) {
  const domains = await operations(context).domainList();
  return show(context, domainsPage({ domains, csrf: csrf(context) }));
}

const noDomain = "Write a domain such as example.org.";

async function add(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const domain = parseDomain(field(fields, "domain"));
  if (domain === undefined) {
    const domains = await parts.operations(context).domainList();
    const data = { domains, csrf: parts.csrf(context), problem: noDomain };
    return parts.show(context, domainsPage(data), 400);
  }
  return acted(context, parts, paths.domains, async (can) => {
    await can.domainAdd(domain, fields.get("only-sends") === "yes");
    return `${domain} is one of our domains now.`;
  });
}

async function confirmRemoval(context: AdminContext, parts: PageParts) {
  const { show, operations, csrf } = parts;
  const domain = parseDomain(field(queryOf(context), "domain"));
  if (domain === undefined) return misread(context, parts, paths.domains, noDomain);
  const wish = { domain, text: null, only: null };
  const { total } = await operations(context).accountSearch(wish, { limit: 1, offset: 0 });
  return show(
    context,
    confirmPage({
      title: `Remove ${domain}?`,
      says: [
        "Mail for it is refused from then on, but for clients that may relay.",
        total === 0
          ? "It has no accounts."
          : `It has ${counted(total, "account")}: it stays until these are removed.`,
      ],
      action: paths.removeDomain,
      fields: { domain },
      button: "Remove",
      back: paths.domains,
      csrf: csrf(context),
    }),
  );
}

function remove(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const domain = parseDomain(field(fields, "domain"));
  if (domain === undefined) return misread(context, parts, paths.domains, noDomain);
  return acted(context, parts, paths.domains, async (can) => {
    await can.domainRemove(domain);
    return `${domain} is none of our domains any more.`;
  });
}
