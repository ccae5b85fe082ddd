// For those who collect figures: all metrics, in Prometheus' text format.

import type { ExposeMetrics } from "../../metrics/registry.ts";
import { type AdminContext, problem, type Route } from "./route.ts";

export interface MetricsOptions {
  readonly expose: ExposeMetrics;
  /** What is answered to those who may not read them; undefined for those who may. */
  readonly refuse: (context: AdminContext) => Response | undefined;
}

/** Unless they are open to all, whoever asks must have shown a token. */
export function metricsRefusal(context: AdminContext, isOpen: boolean): Response | undefined {
  if (isOpen) return undefined;
  return problem(
    context,
    401,
    "a token with the scope `metrics` is needed, or `admin: { metrics: open }` in the configuration",
    { "www-authenticate": 'Bearer realm="bailiwick"' },
  );
}

export function metricsRoutes({ expose, refuse }: MetricsOptions): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/metrics",
      async handle(context) {
        const refusal = refuse(context);
        if (refusal !== undefined) return refusal;
        const { contentType, text } = await expose();
        return context.body(text, 200, { "content-type": contentType });
      },
    },
  ];
}
