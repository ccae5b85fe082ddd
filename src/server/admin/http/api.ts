// `/api/v1/…`: the acts, for programs with a token.

import { bad, good, type Result } from "../../../core/result.ts";
import type { Act } from "../acts/act.ts";
import { actGroups } from "../acts/all.ts";
import { type Performing, performAct } from "../acts/perform.ts";
import { listedNames, openApi, placeholders } from "../acts/open-api.ts";
import { readJson } from "./json-body.ts";
import { type AdminContext, problem, type Route } from "./route.ts";

const apiRoot = "/api/v1";

export function apiRoutes(performing: Performing): readonly Route[] {
  const acts = actGroups.flatMap((group) => group.acts);
  let description: object | undefined;
  return [
    {
      method: "GET",
      path: `${apiRoot}/openapi.json`,
      access: "open",
      handle: (context) => context.json((description ??= openApi(actGroups))),
    },
    ...acts.map((act) => routeOf(act, performing)),
  ];
}

function routeOf(act: Act, performing: Performing): Route {
  const lists = listedNames(act);
  const isRead = act.method === "GET" || act.method === "DELETE";
  const inPath = placeholders(act.path);
  return {
    method: act.method,
    path: `${apiRoot}${act.path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    access: { scope: act.scope },
    async handle(context) {
      const said = isRead ? good(queryOf(context, lists)) : await bodyOf(context);
      if (!said.ok) return said.problem;
      const twice = inPath.find((name) => Object.hasOwn(said.value, name));
      if (twice !== undefined) return problem(context, 400, `${twice} stands in the path already`);
      const values = { ...said.value, ...context.req.param() };
      const done = await performAct(act, context.get("actor"), values, performing);
      if (done.ok) return context.json(done.value ?? {});
      const { status, error, retryAfter } = done.problem;
      const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
      return problem(context, status, error, headers);
    },
  };
}

type Values = Readonly<Record<string, unknown>>;

/** One value for each name, but for lists. */
function queryOf(context: AdminContext, lists: ReadonlySet<string>): Values {
  const queries = Object.entries(context.req.queries());
  return Object.fromEntries(
    queries.map(([name, all]) => [name, lists.has(name) || all.length > 1 ? all : all[0]]),
  );
}

async function bodyOf(context: AdminContext): Promise<Result<Values, Response>> {
  const { req } = context;
  if (Object.keys(req.query()).length > 0) {
    return bad(problem(context, 400, "the arguments go into the body, as JSON"));
  }
  const length = req.header("content-length") ?? "0";
  const isEmpty = length === "0" && req.header("transfer-encoding") === undefined;
  if (isEmpty) return good({});
  const body = await readJson(context);
  if (!body.ok) return body;
  if (isObject(body.value)) return good(body.value);
  return bad(problem(context, 400, 'send one JSON object, such as {"ids":["0fk3v9d2m4a"]}'));
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
