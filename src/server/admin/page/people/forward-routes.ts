// Forwards and lists: found, made and taken away.

import { parseAddress } from "../../../../core/mail/address.ts";
import { parseAddressPattern } from "../../../../core/mail/address-pattern.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { type ForwardRequest, OperationError } from "../../operations.ts";
import { bad, good, type Result } from "../../../../core/result.ts";
import { acted, field, misread, queryOf, routesOf, sentence } from "../acting.ts";
import { confirmPage } from "../confirm-page.ts";
import { href } from "../links.ts";
import type { PageParts } from "../page-parts.ts";
import { readFrom } from "../paging.ts";
import { counted } from "../quantities.ts";
import { forwardsPage } from "./forwards-page.ts";
import { paths } from "./people-links.ts";

export function forwardRoutes(parts: PageParts): readonly Route[] {
  const { get, post } = routesOf(parts);
  return [
    get(paths.forwards, showForwards),
    post(paths.addForward, add),
    get(paths.removeForward, confirmRemoval),
    post(paths.removeForward, remove),
  ];
}

async function showForwards(context: AdminContext, { show, operations, csrf }: PageParts) {
  const query = queryOf(context);
  const wish = { text: field(query, "q").toLowerCase(), from: readFrom(query.get("from")) };
  const all = await operations(context).forwardList(null);
  const exact = all.filter(({ key }) => key === wish.text);
  const forwards = exact.length > 0 ? exact : all.filter(({ key }) => key.includes(wish.text));
  return show(context, forwardsPage({ wish, forwards, csrf: csrf(context) }));
}

async function add(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const { show, operations, csrf } = parts;
  const again = async (problem: string) => {
    const given = { address: field(fields, "address"), targets: field(fields, "targets") };
    const forwards = await operations(context).forwardList(null);
    const data = { wish: { text: "", from: 0 }, forwards, csrf: csrf(context), problem, given };
    return show(context, forwardsPage(data), 400);
  };
  const request = readRequest(fields);
  if (!request.ok) return again(request.problem);
  const address = field(fields, "address");
  try {
    const { targets, hidesMailbox } = await operations(context).forwardAdd(request.value);
    const hidden = hidesMailbox ? ` The mailbox of ${address} gets none of it.` : "";
    return parts.leadTo(context, href(paths.forwards, { q: address }), {
      tone: hidesMailbox ? "warning" : "ok",
      text: `Mail for ${address} is sent on to ${targets === 1 ? "1 address" : `${targets} addresses`} now.${hidden}`,
    });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return again(sentence(error.message));
  }
}

function readRequest(fields: URLSearchParams): Result<ForwardRequest, string> {
  const address = parseAddressPattern(field(fields, "address"));
  if (address === undefined)
    return bad("Write an address such as info@example.org, or @example.org.");
  const lines = field(fields, "targets")
    .split(/[\s,]+/)
    .filter((line) => line !== "");
  const targets = lines.map(parseAddress);
  const wrong = targets.findIndex((target) => !target.ok);
  if (wrong !== -1) {
    return bad(`“${(lines[wrong] ?? "").slice(0, 80)}” is no address such as ann@example.org.`);
  }
  const keep = field(fields, "keep");
  const account = keep === "" ? undefined : parseAddress(keep);
  if (account?.ok === false) return bad("A copy can stay in an account: write its address.");
  return good({
    address,
    targets: targets.flatMap((target) => (target.ok ? [target.value] : [])),
    ...(account?.ok === true && { keep: account.value }),
  });
}

async function confirmRemoval(context: AdminContext, parts: PageParts) {
  const { show, operations, csrf, leadTo } = parts;
  const query = queryOf(context);
  const [address, target] = [field(query, "address"), field(query, "target")];
  const found = (await operations(context).forwardList(null)).find(({ key }) => key === address);
  if (found === undefined) {
    const text = `There is no forward ${address} any more.`;
    return leadTo(context, paths.forwards, { tone: "warning", text });
  }
  const whole = [
    `Its mail is not sent on any more to ${counted(found.targets.length, "target")}.`,
    ...(found.keep === null ? [] : [`No copy of it is kept in ${found.keep} any more.`]),
    "Where nobody else has the address, mail for it is refused.",
  ];
  return show(
    context,
    confirmPage({
      title:
        target === "" ? `Remove the forward ${address}?` : `Send ${address} no more to ${target}?`,
      says:
        target === "" ? whole : [`${target} gets no mail for ${address} any more; the others do.`],
      action: paths.removeForward,
      fields: { address, target },
      button: "Remove",
      back: href(paths.forwards, { q: address }),
      csrf: csrf(context),
    }),
  );
}

function remove(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const [address, target] = [field(fields, "address"), field(fields, "target")];
  const pattern = parseAddressPattern(address);
  const one = target === "" ? undefined : parseAddress(target);
  if (pattern === undefined || one?.ok === false) {
    return misread(context, parts, paths.forwards, "That is no forward.");
  }
  const next = target === "" ? paths.forwards : href(paths.forwards, { q: address });
  return acted(context, parts, next, async (can) => {
    await can.forwardRemove(pattern, one?.ok === true ? [one.value] : []);
    return target === ""
      ? `Mail for ${address} is sent on no more.`
      : `Mail for ${address} goes to ${target} no more.`;
  });
}
