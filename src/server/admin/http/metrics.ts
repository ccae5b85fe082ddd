// For those who collect figures: all metrics, in Prometheus' text format.

import type { ExposeMetrics } from "../../metrics/registry.ts";
import type { AdminContext, Route } from "./route.ts";

export interface MetricsOptions {
  readonly expose: ExposeMetrics;
  /** What is answered to those who may not read them; undefined for those who may. */
  readonly refuse: (context: AdminContext) => Promise<Response | undefined>;
}

export function metricsRoutes({ expose, refuse }: MetricsOptions): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/metrics",
      // The configuration says who may read them, and may change.
      access: "open",
      async handle(context) {
        const refusal = await refuse(context);
        if (refusal !== undefined) return refusal;
        const { contentType, text } = await expose();
        return context.body(text, 200, { "content-type": contentType });
      },
    },
  ];
}
