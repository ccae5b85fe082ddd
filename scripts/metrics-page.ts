// The page of all metrics, written from where they are declared.

import { metrics } from "../src/server/metrics/declared/all.ts";

const opening = `<!-- Written by \`npm run docs\` from src/server/metrics/declared; edit the texts there. -->

# Metrics

\`GET /metrics\` on a listener of the role \`admin\`, in Prometheus' text format. It needs a token with the scope
\`metrics\`, unless the configuration says \`admin: { metrics: open }\`.

\`\`\`yaml
# prometheus.yml
scrape_configs:
  - job_name: bailiwick
    authorization: { credentials_file: /etc/prometheus/bailiwick-token }
    static_configs:
      - targets: ["127.0.0.1:8025"]
\`\`\`

[grafana-dashboard.json](grafana-dashboard.json) is a dashboard for them: import it in Grafana and choose the
data source.

Counters begin at 0 with each start. A series with a label such as \`reason\` appears when the first of its kind
is counted. No label holds an address, a name or a domain of mail, so that there are never many. The history of
the page is kept in the store, not here: it has its own.

| Name | Type | Labels | What it is |
| --- | --- | --- | --- |`;

export function metricsPage(): string {
  const rows = metrics.map(({ name, type, labels, help }) => {
    const named = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  return [opening, ...rows, ""].join("\n");
}
