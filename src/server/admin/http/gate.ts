// Lets a request in to a route, or says why not: by the page's cookie, or by a token of the API.

import { formatIp } from "../../../core/mail/ip.ts";
import type { WarnRarely } from "../../rare-log.ts";
import type { LoggedIn, PageSessions } from "../access/page-sessions.ts";
import type { Scope } from "../access/scopes.ts";
import type { Tokens } from "../access/tokens.ts";
import { readCookie } from "./cookie.ts";
import { type Access, type AdminContext, problem } from "./route.ts";

export interface GateOptions {
  readonly sessions: PageSessions;
  readonly tokens: Tokens;
  readonly warn: WarnRarely;
}

/** Undefined where the request may go on. */
export type Gate = (context: AdminContext, access: Access) => Promise<Response | undefined>;

export function createGate({ sessions, tokens, warn }: GateOptions): Gate {
  async function sessionOf(context: AdminContext): Promise<LoggedIn | undefined> {
    const secret = readCookie(context);
    return secret === undefined ? undefined : sessions.find(secret);
  }

  async function enterPage(context: AdminContext): Promise<Response | undefined> {
    const session = await sessionOf(context);
    if (session === undefined) return askToLogIn(context);
    if (!isGet(context) && !isFromOurPage(context)) return refuseForm(context);
    enter(context, session);
    return undefined;
  }

  function enter(context: AdminContext, session: LoggedIn): void {
    context.set("session", session);
    context.set("actor", { via: "page", name: session.operator, client: context.env.client });
    context.set("isStillGood", () => sessions.goesOn(session));
  }

  async function enterByToken(
    context: AdminContext,
    header: string,
    scope: Scope,
  ): Promise<Response | undefined> {
    const found = await tokens.find(header);
    const client = context.env.client;
    if (!found.ok) {
      warn(
        { event: "api-token-refused", client: formatIp(client), path: context.req.path },
        `${formatIp(client)} used the HTTP API without a good token: ${found.problem}`,
      );
      return problem(context, 401, found.problem, { "www-authenticate": challenge });
    }
    const { name, scopes } = found.value;
    if (!scopes.includes(scope)) {
      const error = `the token "${name}" lacks the scope ${scope}; it has ${scopes.join(", ")}`;
      return problem(context, 403, error, { "www-authenticate": lacking(scope) });
    }
    context.set("actor", { via: "api", name, client });
    context.set("isStillGood", async () => (await tokens.find(header)).ok);
    return undefined;
  }

  async function enterApi(context: AdminContext, scope: Scope): Promise<Response | undefined> {
    const header = context.req.header("authorization");
    if (header !== undefined) return enterByToken(context, header, scope);
    const session = isAskedByOurPage(context) ? await sessionOf(context) : undefined;
    if (session === undefined) {
      const error = "a token is missing; send Authorization: Bearer bw_... (bailiwick token add)";
      return problem(context, 401, error, { "www-authenticate": challenge });
    }
    enter(context, session);
    return undefined;
  }

  return async (context, access) => {
    if (access === "open") return undefined;
    return access === "page" ? enterPage(context) : enterApi(context, access.scope);
  };
}

const challenge = 'Bearer realm="bailiwick"';

function lacking(scope: Scope): string {
  return `${challenge}, error="insufficient_scope", scope="${scope}"`;
}

function askToLogIn(context: AdminContext): Response {
  const wantsPage = (context.req.header("accept") ?? "").includes("text/html");
  if (!wantsPage) return problem(context, 401, "nobody is logged in; log in at /login");
  const { pathname, search } = new URL(context.req.url);
  const next =
    isGet(context) && pathname !== "/" ? `?next=${encodeURIComponent(pathname + search)}` : "";
  return context.redirect(`/login${next}`, 303);
}

function isGet({ req }: AdminContext): boolean {
  return req.method === "GET" || req.method === "HEAD";
}

/** Whether a form was sent by a page of ours. A browser says so with every form; what says nothing is
 * not taken for one. That the origin is not another's was found out before. */
export function isFromOurPage({ req }: AdminContext): boolean {
  const site = req.header("sec-fetch-site") ?? "same-origin";
  return req.header("origin") !== undefined && site === "same-origin";
}

export function refuseForm(context: AdminContext): Response {
  const error = "this takes forms of its own pages alone; programs use /api/v1 with a token";
  return problem(context, 403, error);
}

/** A GET by a script of our page, or typed into the browser; not by what listens on another port of this
 * host, which has the same cookies. */
function isAskedByOurPage(context: AdminContext): boolean {
  const site = context.req.header("sec-fetch-site") ?? "none";
  return isGet(context) && (site === "same-origin" || site === "none");
}
