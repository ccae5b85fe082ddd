// Bans: found, imposed and lifted.

import { readDuration } from "../../../../core/config/values/duration.ts";
import { parseIp, parsePrefix, type Prefix } from "../../../../core/mail/ip.ts";
import { addressBits } from "../../../../core/mail/ip-number.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { describeGuesses, describeTimes, prefixText } from "../../words/ban-words.ts";
import { acted, field, misread, queryOf, routesOf } from "../acting.ts";
import { confirmPage } from "../confirm-page.ts";
import type { PageParts } from "../page-parts.ts";
import { readFrom } from "../paging.ts";
import { bansPage, reasonOf } from "./bans-page.ts";
import { paths } from "./people-links.ts";
import { html } from "hono/html";

export function banRoutes(parts: PageParts): readonly Route[] {
  const { get, post } = routesOf(parts);
  return [
    get(paths.bans, showBans),
    post(paths.addBan, add),
    get(paths.liftBan, confirmLift),
    post(paths.liftBan, lift),
  ];
}

/** An address stands for itself. */
function readPrefix(text: string): Prefix | undefined {
  const address = parseIp(text);
  if (address === undefined) return parsePrefix(text);
  return { address, length: addressBits[address.version] };
}

async function showBans(context: AdminContext, { show, operations, csrf, now }: PageParts) {
  const query = queryOf(context);
  const text = field(query, "q");
  const over = query.get("all") === "yes";
  const can = operations(context);
  const prefix = readPrefix(text);
  const all = await can.banList(over);
  // For an address, the bans of networks around it as well.
  const around = new Set(
    prefix && (await can.banShow(prefix)).map((ban) => prefixText(ban.prefix)),
  );
  const bans = all
    .filter((ban) => {
      const name = prefixText(ban.prefix);
      return name.includes(text) || around.has(name);
    })
    .toReversed();
  const wish = { text, over, from: readFrom(query.get("from")) };
  return show(context, bansPage({ wish, bans, now: now(), csrf: csrf(context) }));
}

const noPrefix = "Write an IP address or a network, such as 203.0.113.0/24.";

function add(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const prefix = readPrefix(field(fields, "prefix"));
  if (prefix === undefined) return misread(context, parts, paths.bans, noPrefix);
  const length = field(fields, "for");
  const lasts = length === "" ? undefined : readDuration(length);
  if (lasts?.ok === false) {
    const text = "Write how long as a number with a unit, such as 90m, 3h or 7d.";
    return misread(context, parts, paths.bans, text);
  }
  return acted(context, parts, paths.bans, async (can) => {
    await can.banAdd(prefix, lasts?.value ?? null, field(fields, "because").slice(0, 500));
    return `${prefixText(prefix)} may not log in any more.`;
  });
}

async function confirmLift(context: AdminContext, parts: PageParts) {
  const { show, operations, csrf, leadTo } = parts;
  const prefix = readPrefix(field(queryOf(context), "prefix"));
  if (prefix === undefined) return misread(context, parts, paths.bans, noPrefix);
  const name = prefixText(prefix);
  const found = (await operations(context).banShow(prefix)).find(
    (ban) => prefixText(ban.prefix) === name,
  );
  if (found === undefined) {
    const text = `${name} is not banned any more.`;
    return leadTo(context, paths.bans, { tone: "warning", text });
  }
  return show(
    context,
    confirmPage({
      title: `Lift the ban of ${name}?`,
      says: [
        html`Why: ${reasonOf(found)}; ${describeTimes(found)}.`,
        `Guesses: ${describeGuesses(found)}.`,
        "It may try to log in again, and what led to the ban is forgotten: the next one is as short as a first one.",
      ],
      action: paths.liftBan,
      fields: { prefix: name },
      button: "Lift the ban",
      back: paths.bans,
      csrf: csrf(context),
    }),
  );
}

function lift(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const prefix = readPrefix(field(fields, "prefix"));
  if (prefix === undefined) return misread(context, parts, paths.bans, noPrefix);
  return acted(context, parts, paths.bans, async (can) => {
    await can.banLift(prefix);
    return `${prefixText(prefix)} may try to log in again.`;
  });
}
