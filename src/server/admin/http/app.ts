// What the admin listener answers by HTTP: JSON, to programs of the operator's and to other servers.

import { Hono } from "hono";
import type { HttpHandler } from "../../../io/http/call.ts";
import { healthRoutes, type HealthOptions } from "./health.ts";
import { metricsRoutes, type MetricsOptions } from "./metrics.ts";
import { roamingRoutes, type RoamingOptions } from "./roaming.ts";
import { type AdminEnvironment, problem, type Route } from "./route.ts";
import { refuseStrangers } from "./strangers.ts";

export interface AdminAppOptions {
  readonly hostname: string;
  readonly health: HealthOptions;
  readonly metrics: MetricsOptions;
  readonly roaming: RoamingOptions;
}

export function createAdminApp({
  hostname,
  health,
  metrics,
  roaming,
}: AdminAppOptions): HttpHandler {
  const app = new Hono<AdminEnvironment>();
  app.use(async (context, next) => refuseStrangers(context, hostname) ?? (await next()));
  for (const route of [
    ...healthRoutes(health),
    ...metricsRoutes(metrics),
    ...roamingRoutes(roaming),
  ])
    add(app, route);
  app.notFound((context) =>
    problem(context, 404, "there is nothing here; docs/http.md lists what there is"),
  );
  // What fails is the caller's to log: it closes the connection's affairs as well.
  app.onError((error) => {
    throw error;
  });
  return (request, call) => app.fetch(request, call);
}

function add(app: Hono<AdminEnvironment>, { method, path, handle }: Route): void {
  app.on(method, path, handle);
  const allowed = method === "GET" ? "GET, HEAD" : method;
  app.all(path, (context) =>
    problem(context, 405, `this takes ${allowed} alone`, { allow: allowed }),
  );
}
