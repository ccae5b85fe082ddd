// Forwards and lists: found, made and taken away.

import type { Forward } from "../../../../core/forwards/forward.ts";
import { parseAddress } from "../../../../core/mail/address.ts";
import { parseAddressPattern } from "../../../../core/mail/address-pattern.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { type ForwardRequest, type ForwardsFound, OperationError } from "../../operations.ts";
import type { ServerOperations } from "../../server-operations.ts";
import { bad, good, type Result } from "../../../../core/result.ts";
import { acted, field, misread, queryOf, routesOf, sentence } from "../acting.ts";
import { confirmPage } from "../confirm-page.ts";
import { href } from "../links.ts";
import type { PageParts } from "../page-parts.ts";
import { readFrom } from "../paging.ts";
import { counted } from "../quantities.ts";
import { forwardsPage, mostForwards } from "./forwards-page.ts";
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
  const found = await find(operations(context), wish);
  return show(context, forwardsPage({ wish, found, csrf: csrf(context) }));
}

/** Targets of each that are shown, and of one alone. */
const mostTargets = 20;
const mostAlone = 1_000;

/** A whole address is that forward alone, with all that it leads to. */
async function find(
  can: ServerOperations,
  { text, from }: { readonly text: string; readonly from: number },
): Promise<ForwardsFound> {
  const alone = await findOne(can, text);
  if (alone !== undefined) {
    const { targets } = alone;
    const forward = { ...alone, targets: targets.slice(0, mostAlone), count: targets.length };
    return { forwards: [forward], total: 1 };
  }
  const page = { limit: mostForwards, offset: from, targets: mostTargets };
  return can.forwardSearch({ text: text === "" ? null : text, about: null }, page);
}

/** Undefined where there is none of that address. */
async function findOne(can: ServerOperations, text: string): Promise<Forward | undefined> {
  const address = parseAddressPattern(text);
  if (address === undefined) return undefined;
  try {
    return (await can.forwardList(address))[0];
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }
}

async function add(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const { show, operations, csrf } = parts;
  const again = async (problem: string) => {
    const given = { address: field(fields, "address"), targets: field(fields, "targets") };
    const wish = { text: "", from: 0 };
    const found = await find(operations(context), wish);
    const data = { wish, found, csrf: csrf(context), problem, given };
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
  const found = await findOne(operations(context), address);
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
