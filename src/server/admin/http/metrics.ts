// For those who collect figures: all metrics, in Prometheus' text format.

import type { ExposeMetrics } from "../../metrics/registry.ts";
import type { Gate } from "./gate.ts";
import type { Route } from "./route.ts";

export interface MetricsOptions {
  readonly expose: ExposeMetrics;
  /** Whether all may read them (`admin.metrics`): else whoever shows a token for it. */
  readonly isOpen: () => boolean;
  readonly gate: Gate;
}

export function metricsRoutes({ expose, isOpen, gate }: MetricsOptions): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/metrics",
      access: "open",
      async handle(context) {
        const refusal = isOpen() ? undefined : await gate(context, { scope: "metrics" });
        if (refusal !== undefined) return refusal;
        const { contentType, text } = await expose();
        return context.body(text, 200, { "content-type": contentType });
      },
    },
  ];
}
