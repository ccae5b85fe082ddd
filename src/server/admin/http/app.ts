// What the admin listener answers by HTTP: JSON, to programs of the operator's and to other servers, and
// pages to the operator.

import { Hono } from "hono";
import type { HttpHandler } from "../../../io/http/call.ts";
import { isStream } from "../../../io/http/stream.ts";
import type { PageProblems } from "../page/problems.ts";
import { endedUnless } from "./ended-unless.ts";
import type { Gate } from "./gate.ts";
import { healthRoutes, type HealthOptions } from "./health.ts";
import { roamingRoutes, type RoamingOptions } from "./roaming.ts";
import { type AdminContext, type AdminEnvironment, problem, type Route } from "./route.ts";
import { refuseStrangers } from "./strangers.ts";

export interface AdminAppOptions {
  /** Names of this host, such as `hostname`, by which it may be reached. */
  readonly hosts: () => readonly string[];
  readonly gate: Gate;
  readonly health: HealthOptions;
  readonly roaming: RoamingOptions;
  /** All that needs the server's other parts. */
  readonly routes: readonly Route[];
  /** How people are told of what is refused or has failed; by default as programs are. */
  readonly problems?: PageProblems;
  /** Milliseconds after which it is asked again whether somebody may still be told what goes on. */
  readonly recheckEvery?: number;
}

const usualRecheck = 10_000;

export function createAdminApp(options: AdminAppOptions): HttpHandler {
  const { hosts, gate, health, roaming, routes, problems } = options;
  const { recheckEvery = usualRecheck } = options;
  const app = new Hono<AdminEnvironment>();
  app.use(async (context, next) => {
    const refused = refuseStrangers(context, hosts());
    if (refused === undefined) await next();
    const answer = refused ?? context.res;
    context.res = undefined; // or it would have the headers of the answer before as well
    context.res = await finished(context, answer, problems);
  });
  const all = [...healthRoutes(health), ...roamingRoutes(roaming), ...routes];
  for (const route of all) {
    app.on(route.method, route.path, async (context) => {
      const refused = await gate(context, route.access);
      return refused ?? whileGood(context, await route.handle(context), recheckEvery);
    });
  }
  // What is named stands before what a placeholder means.
  const named = all.toSorted((one, other) => Number(hasPlaces(one)) - Number(hasPlaces(other)));
  for (const [path, same] of Map.groupBy(named, (route) => route.path)) {
    const allowed = same.map(({ method }) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
    app.all(path, (context) => refuseMethod(context, allowed));
  }
  app.notFound((context) =>
    problem(context, 404, "there is nothing here; docs/http.md lists what there is"),
  );
  app.onError((error, context) => {
    // What fails is the caller's to log: it closes the connection's affairs as well.
    if (problems === undefined || !problems.isForPeople(context)) throw error;
    return problems.failed(context, error);
  });
  return (request, call) => app.fetch(request, call);
}

/** An answer that goes on ends with the login or the token that it was given for. */
function whileGood(context: AdminContext, answer: Response, every: number): Response {
  const isStillGood = context.get("isStillGood");
  const { body } = answer;
  if (isStillGood === undefined || body === null || !isStream(answer)) return answer;
  return new Response(endedUnless(body, isStillGood, every), answer);
}

function hasPlaces({ path }: Route): boolean {
  return path.includes(":");
}

function refuseMethod(context: AdminContext, allowed: string): Response {
  return problem(context, 405, `this takes ${allowed} alone`, { allow: allowed });
}

/** Pages run our own scripts alone, and are framed by nobody. Without a word of the page that one comes
 * from, browsers would not say either whose form it is. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "same-origin",
} as const;

async function finished(
  context: AdminContext,
  answer: Response,
  problems: PageProblems | undefined,
): Promise<Response> {
  const isProblem = answer.status >= 400 && typeOf(answer).startsWith("application/json");
  const isDrawn = isProblem && problems?.isForPeople(context) === true;
  return secured(context, isDrawn ? await problems.refused(context, answer) : answer);
}

function typeOf({ headers }: Response): string {
  return headers.get("content-type") ?? "";
}

function secured({ req }: AdminContext, response: Response): Response {
  // Nobody reads it: what feeds it must hear of that.
  if (req.method === "HEAD") void response.body?.cancel();
  if (!typeOf(response).startsWith("text/html")) return response;
  for (const [name, value] of Object.entries(pageHeaders)) response.headers.set(name, value);
  return response;
}
