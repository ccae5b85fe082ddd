// `/ask` and below.

import { formatIp, parseIp } from "../../../../core/mail/ip.ts";
import { findDecisionId } from "../../../../core/policy/decision-id.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { OperationError } from "../../operations.ts";
import { clientPath, decisionPath } from "../links.ts";
import { plainPage } from "../plain-page.ts";
import type { PageParts } from "../page-parts.ts";
import { emptyForm, questionOf, readAskForm } from "./ask-form.ts";
import { askPage } from "./ask-page.ts";
import { clientPage } from "./client-page.ts";
import { conversationPage } from "./conversation-page.ts";
import type { Conversations } from "./conversations.ts";
import { decisionPage } from "./decision-page.ts";

/** @param conversations of clients whose sessions are watched */
export function askRoutes(
  parts: PageParts,
  conversations: Pick<Conversations, "of">,
): readonly Route[] {
  return [
    get("/ask", (context) => ask(context, parts)),
    get("/ask/find", (context) => find(context, parts)),
    get("/ask/decision/:id", (context) => showDecision(context, parts)),
    get("/ask/client/:ip", (context) => showClient(context, parts)),
    get("/ask/client/:ip/sessions", (context) => showSessions(context, parts, conversations)),
  ];
}

function get(path: string, handle: Route["handle"]): Route {
  return { method: "GET", path, access: "page", handle };
}

async function ask(context: AdminContext, { show, operations }: PageParts): Promise<Response> {
  const form = readAskForm(new URL(context.req.url).searchParams);
  if (form === undefined) return show(context, askPage({ form: emptyForm, problems: {} }));
  const question = questionOf(form);
  if (!question.ok) return show(context, askPage({ form, problems: question.problem }), 400);
  const answer = await operations(context).explain(question.value);
  return show(context, askPage({ form, problems: {}, answer }));
}

/** Whatever somebody pastes: a refusal with its id, or an address. */
function find(context: AdminContext, { show }: PageParts): Response | Promise<Response> {
  const what = (context.req.query("what") ?? "").trim();
  const client = parseIp(what.replace(/^\[(.*)\]$/, "$1"));
  if (client !== undefined) return context.redirect(clientPath(formatIp(client)), 303);
  const id = findDecisionId(what);
  if (id !== undefined) return context.redirect(decisionPath(id), 303);
  return show(context, askPage({ form: emptyForm, problems: {}, unknown: what }), 400);
}

async function showDecision(
  context: AdminContext,
  { show, operations }: PageParts,
): Promise<Response> {
  const given = context.req.param("id") ?? "";
  const id = findDecisionId(given);
  if (id === undefined) {
    return show(context, plainPage("No such decision", `${given} is no decision’s id.`), 404);
  }
  try {
    return await show(context, decisionPage(await operations(context).why(id)));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return show(context, plainPage("No such decision", error.message), 404);
  }
}

function showSessions(
  context: AdminContext,
  { show }: PageParts,
  conversations: Pick<Conversations, "of">,
): Response | Promise<Response> {
  const given = context.req.param("ip") ?? "";
  const ip = parseIp(given);
  if (ip === undefined) {
    return show(context, plainPage("No such client", `${given} is no IP address.`), 404);
  }
  const client = formatIp(ip);
  const conversation = conversations.of(ip);
  if (conversation.ok) {
    return show(context, conversationPage({ client, ...conversation.value }));
  }
  const back = { path: clientPath(client), words: "Its last decisions" };
  return show(context, plainPage("It cannot be watched now", conversation.problem, back), 503);
}

async function showClient(
  context: AdminContext,
  { show, operations }: PageParts,
): Promise<Response> {
  const given = context.req.param("ip") ?? "";
  const ip = parseIp(given);
  if (ip === undefined) {
    return show(context, plainPage("No such client", `${given} is no IP address.`), 404);
  }
  const client = formatIp(ip);
  try {
    const decisions = await operations(context).whyClient(ip);
    return await show(context, clientPage({ client, decisions }));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return show(context, clientPage({ client, decisions: [], none: error.message }));
  }
}
