// Grants: found, given and revoked; and who depends on them.

import { readDuration } from "../../../../core/config/values/duration.ts";
import { parseAddress } from "../../../../core/mail/address.ts";
import { formatIp, parseIp } from "../../../../core/mail/ip.ts";
import { printable } from "../../../../core/smtp/reply.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { type GrantView, OperationError } from "../../operations.ts";
import { describeGrantEnd } from "../../words/grant-words.ts";
import { acted, field, misread, queryOf, routesOf } from "../acting.ts";
import { confirmPage } from "../confirm-page.ts";
import type { PageParts } from "../page-parts.ts";
import { readFrom } from "../paging.ts";
import { grantsPage } from "./grants-page.ts";
import { paths } from "./people-links.ts";
import { reportDays, reportPage } from "./report-page.ts";

export function grantRoutes(parts: PageParts): readonly Route[] {
  const { get, post } = routesOf(parts);
  return [
    get(paths.grants, showGrants),
    post(paths.addGrant, add),
    get(paths.revokeGrant, confirmRevocation),
    post(paths.revokeGrant, revoke),
    get(paths.report, showReport),
  ];
}

async function showGrants(context: AdminContext, parts: PageParts) {
  const { show, operations, csrf, now, server } = parts;
  const query = queryOf(context);
  const text = field(query, "q");
  const over = query.get("all") === "yes";
  const client = parseIp(text) ?? null;
  const account = client === null && text !== "" ? text : null;
  const grants = await operations(context).grantList({ client, account }, over);
  const data = {
    wish: { text, over, from: readFrom(query.get("from")) },
    grants,
    isConfigured: server.settings().relay.roaming !== undefined,
    now: now(),
    csrf: csrf(context),
  };
  return show(context, grantsPage(data));
}

function add(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const client = parseIp(field(fields, "client"));
  const account = parseAddress(field(fields, "account"));
  const length = field(fields, "for");
  const lasts = length === "" ? undefined : readDuration(length);
  const no = (text: string) => misread(context, parts, paths.grants, text);
  if (client === undefined) return no("Write an IP address such as 203.0.113.9.");
  if (!account.ok) return no("Write the account’s address, such as ann@example.org.");
  if (lasts?.ok === false)
    return no("Write how long as a number with a unit, such as 90m, 3h or 1d.");
  return acted(context, parts, paths.grants, async (can) => {
    const grant = await can.grantAdd(client, account.value, lasts?.value ?? null);
    return `${nameOf(grant)} until ${describeGrantEnd(grant, parts.now())}.`;
  });
}

async function confirmRevocation(context: AdminContext, parts: PageParts) {
  const { show, operations, csrf, leadTo, now } = parts;
  const id = field(queryOf(context), "id");
  const all = await operations(context).grantList({ client: null, account: null }, false);
  const found = all.find((grant) => grant.id === id);
  if (found === undefined) {
    const text = "This grant is over, or was revoked meanwhile.";
    return leadTo(context, paths.grants, { tone: "warning", text });
  }
  const others = all.filter(
    ({ account, id: other }) => other !== id && account === found.account && account !== null,
  );
  return show(
    context,
    confirmPage({
      title: `Revoke the grant of ${formatIp(found.client)}?`,
      says: [
        `It relays ${forWhom(found)} until ${describeGrantEnd(found, now())}.`,
        "It does not any more, at once and for good. Only a new login to read mail opens another one.",
        ...(others.length > 0
          ? [`The same account has ${others.length} more from other addresses; these stay.`]
          : []),
      ],
      action: paths.revokeGrant,
      fields: { id },
      button: "Revoke",
      back: paths.grants,
      csrf: csrf(context),
    }),
  );
}

function revoke(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  return acted(context, parts, paths.grants, async (can) => {
    const [grant] = await can.grantRevoke({ name: field(fields, "id") });
    if (grant === undefined) throw new OperationError("there is no such grant any more");
    return `${formatIp(grant.client)} does not relay any more ${forWhom(grant)}.`;
  });
}

function nameOf(grant: GrantView): string {
  return `${formatIp(grant.client)} relays ${forWhom(grant)}`;
}

function forWhom({ account }: GrantView): string {
  return account === null ? "for having read mail" : `for ${printable(account)}`;
}

async function showReport(context: AdminContext, { show, operations }: PageParts) {
  const wanted = Number(queryOf(context).get("days"));
  const days = reportDays.find((each) => each === wanted) ?? 30;
  return show(context, reportPage(await operations(context).grantReport(days), days));
}
