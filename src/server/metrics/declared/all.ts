import type { Metric } from "../metric.ts";
import { clientMetrics } from "./clients.ts";
import { mailMetrics } from "./mail.ts";
import { partMetrics } from "./parts.ts";

/** Every metric that there is: docs/metrics.md is written from this list. */
export const metrics: readonly Metric[] = [...mailMetrics, ...clientMetrics, ...partMetrics];
