// The metrics as Prometheus reads them. Nothing is counted here: each is read where it is kept when
// somebody asks.

import { type Metric as ClientMetric, Registry } from "prom-client";
import type { HistogramSample, Metric, MetricSources, Sample } from "./metric.ts";

interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Reads all metrics, as text in Prometheus' format. */
export type ExposeMetrics = () => Promise<Exposition>;

export function createExposition(
  metrics: readonly Metric[],
  sources: MetricSources,
): ExposeMetrics {
  const registry = new Registry();
  for (const metric of metrics) registry.registerMetric(clientMetric(metric, sources));
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}

interface Line {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** The library's own metrics keep numbers of their own; of those that it does not keep it wants
 * nothing but `get`. */
function clientMetric(metric: Metric, sources: MetricSources): ClientMetric {
  const { name, help, type } = metric;
  const get = async () => ({
    name,
    help,
    type,
    aggregator: "sum",
    values: await linesOf(metric, sources),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return { name, help, type, get } as unknown as ClientMetric;
}

async function linesOf(metric: Metric, sources: MetricSources): Promise<readonly Line[]> {
  if (metric.type === "histogram") {
    return metric.read(sources).flatMap((sample) => histogramLines(metric, sample));
  }
  const samples = await metric.read(sources);
  return samples.map((sample) => ({ labels: labelsOf(metric, sample), value: sample.value }));
}

/** Buckets count all that lies below their bound. */
function histogramLines(metric: Metric, sample: HistogramSample): readonly Line[] {
  const labels = labelsOf(metric, sample);
  const { bounds, counts, sum } = sample.value;
  let below = 0;
  const buckets = counts.map((count, at) => {
    below += count;
    return {
      metricName: `${metric.name}_bucket`,
      labels: { ...labels, le: bounds[at] ?? "+Inf" },
      value: below,
    };
  });
  return [
    ...buckets,
    { metricName: `${metric.name}_sum`, labels, value: sum },
    { metricName: `${metric.name}_count`, labels, value: below },
  ];
}

function labelsOf(
  { labels }: Metric,
  { labels: values }: Pick<Sample, "labels">,
): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ""]));
}
