// `/queue` and below.

import { parseMessageId } from "../../../../core/queue/message.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { notWaiting } from "../../not-waiting.ts";
import { OperationError, type QueueOperations } from "../../operations.ts";
import { ownPath } from "../links.ts";
import type { PageParts } from "../page-parts.ts";
import { plainPage } from "../plain-page.ts";
import { actNamed, describeOutcome, readSelection } from "./acts.ts";
import { confirmPage } from "./confirm-page.ts";
import { type ListPlace, readFilter, readPlace } from "./filter.ts";
import { queuePage } from "./list-page.ts";
import { queuedMessagePage } from "./message-page.ts";

export function queueRoutes(parts: PageParts): readonly Route[] {
  const route = (method: Route["method"], path: string, handle: Handle): Route => ({
    method,
    path,
    access: "page",
    handle: (context) => handle(context, parts),
  });
  return [
    route("GET", "/queue", showList),
    route("GET", "/queue/act", confirm),
    route("POST", "/queue/act", act),
    route("POST", "/queue/flush", flush),
    route("GET", "/queue/:id", showMessage),
  ];
}

type Handle = (context: AdminContext, parts: PageParts) => Promise<Response>;

/** Messages on a page. */
const pageLength = 50;

async function showList(
  context: AdminContext,
  { show, operations, csrf, now }: PageParts,
): Promise<Response> {
  const query = new URL(context.req.url).searchParams;
  const at = now();
  const { form, wish, problems } = readFilter(query, at);
  const place = readPlace(query);
  const can = operations(context);
  const isRight = Object.keys(problems).length === 0;
  const [list, total, destinations] = await Promise.all([
    isRight ? readPage(can, wish, place) : { entries: [], hasEarlier: false, hasLater: false },
    isRight ? can.queueCount("list", { ids: "all", ...wish }) : 0,
    can.queueDestinations(),
  ]);
  const data = {
    form,
    problems,
    place,
    ...list,
    total,
    destinations,
    csrf: csrf(context),
    now: at,
  };
  return show(context, queuePage(data), isRight ? 200 : 400);
}

/** One more than a page tells whether there is another. */
async function readPage(
  operations: QueueOperations,
  wish: Parameters<QueueOperations["queueList"]>[0],
  { first, after, before }: ListPlace,
) {
  const limit = pageLength + 1;
  if (before === undefined) {
    const found = await operations.queueList(wish, { first, after, limit });
    const [hasEarlier, hasLater] = [after !== 0, found.length > pageLength];
    return { entries: found.slice(0, pageLength), hasEarlier, hasLater };
  }
  const opposite = first === "oldest" ? "newest" : "oldest";
  const found = await operations.queueList(wish, { first: opposite, after: before, limit });
  const entries = found.slice(0, pageLength).toReversed();
  return { entries, hasEarlier: found.length > pageLength, hasLater: true };
}

async function showMessage(context: AdminContext, parts: PageParts): Promise<Response> {
  const { show, operations, csrf, now } = parts;
  const id = parseMessageId(context.req.param("id") ?? "");
  if (id === undefined) return gone(context, parts, "that is no message’s id");
  const can = operations(context);
  const [detail, why, headers] = await Promise.all([
    can.queueShow(id),
    can.queueWhy(id),
    can.queueHeaders(id),
  ]);
  if (detail === null || why === null || headers === null) {
    return gone(context, parts, notWaiting(id).message);
  }
  return show(
    context,
    queuedMessagePage({ detail, why, headers, csrf: csrf(context), now: now() }),
  );
}

function gone(
  context: AdminContext,
  { show }: PageParts,
  text: string,
): Response | Promise<Response> {
  const page = plainPage("No such message", `${sentence(text)}.`, {
    path: "/queue",
    words: "To the queue",
  });
  return show(context, page, 404);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Messages that are looked at to say what an act will touch. */
const sampled = 200;

async function confirm(context: AdminContext, parts: PageParts): Promise<Response> {
  const { show, operations, csrf, now } = parts;
  const query = new URL(context.req.url).searchParams;
  const chosen = actNamed(query.get("act"));
  const selection = readSelection(query, now());
  const back = ownPath(query.get("back"), "/queue");
  if (chosen === undefined || selection === undefined) {
    const page = plainPage("Nothing is selected", "Select messages first, or all of them.", {
      path: back,
      words: "Back to the queue",
    });
    return show(context, page, 400);
  }
  if (Object.keys(selection.problems).length > 0) return context.redirect(back, 303);
  const can = operations(context);
  const [count, sample] = await Promise.all([
    can.queueCount(chosen.name, selection.wish),
    readSample(can, selection.wish),
  ]);
  const data = { act: chosen, selection, count, sample, back, csrf: csrf(context) };
  return show(context, confirmPage(data));
}

async function readSample(
  operations: QueueOperations,
  { ids, ...wish }: Parameters<QueueOperations["queueHold"]>[0],
) {
  if (ids === "all") return operations.queueList(wish, { after: 0, limit: sampled });
  const found = await Promise.all(ids.slice(0, sampled).map((id) => operations.queueShow(id)));
  return found.filter((each) => each !== null);
}

async function act(context: AdminContext, parts: PageParts): Promise<Response> {
  const { operations, readForm, leadTo, now } = parts;
  const fields = await readForm(context);
  if (fields instanceof Response) return fields;
  const chosen = actNamed(fields.get("act"));
  const selection = readSelection(fields, now());
  const back = ownPath(fields.get("back"), "/queue");
  if (chosen === undefined || selection === undefined) {
    return leadTo(context, back, { tone: "warning", text: "Nothing was selected." });
  }
  // A filter that cannot be read would otherwise be one less, and more would be touched than was meant.
  if (Object.keys(selection.problems).length > 0) {
    return leadTo(context, back, {
      tone: "warning",
      text: "Nothing was done: the filter is wrong.",
    });
  }
  const touched = await chosen.run(operations(context), selection.wish);
  const meant = Number(fields.get("meant") ?? 1);
  const text = describeOutcome(chosen, touched, Number.isSafeInteger(meant) ? meant : touched);
  const after = await afterwards(operations(context), back);
  return leadTo(context, after, { tone: touched === 0 ? "warning" : "ok", text });
}

/** A message that was dealt with may be gone: then to the queue. */
async function afterwards(operations: QueueOperations, back: string): Promise<string> {
  const id = parseMessageId(/^\/queue\/([a-z0-9]+)$/.exec(back)?.[1] ?? "");
  if (id === undefined || (await operations.queueShow(id)) !== null) return back;
  return "/queue";
}

async function flush(context: AdminContext, parts: PageParts): Promise<Response> {
  const { operations, readForm, leadTo } = parts;
  const fields = await readForm(context);
  if (fields instanceof Response) return fields;
  try {
    const names = await operations(context).queueFlush(fields.get("destination"));
    const text =
      names.length === 0 ? "No destination is down any more." : `Tried now: ${names.join(", ")}.`;
    return leadTo(context, "/queue", { tone: "ok", text });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return leadTo(context, "/queue", { tone: "warning", text: error.message });
  }
}
