import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { z } from "zod";
import { metrics } from "./all.ts";

/** Units at the end of a name, and what counts without one. */
const suffixes: readonly RegExp[] = [/_seconds$/, /_bytes$/, /_total$/, /_info$/];
const plainGauge =
  /^(bailiwick_(bans|grants_live|destinations_down|blocklist_in_use|connections_open|store_waiting_units|queue_(messages|recipients|delivering_messages))|process_open_fds)$/;

test("names and helps follow Prometheus' customs", () => {
  for (const { name, type, help, labels } of metrics) {
    assert.match(name, /^(bailiwick|process|nodejs)_[a-z_]+$/);
    assert.match(help, /^[A-Z0-9].*\.$/, name);
    assert.equal(type === "counter", name.endsWith("_total"), name);
    assert.ok(suffixes.some((suffix) => suffix.test(name)) || plainGauge.test(name), name);
    for (const label of labels) assert.match(label, /^[a-z]+$/);
    assert.ok(!labels.includes("le") && !labels.includes("instance"), name);
  }
  const names = metrics.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

const dashboardFile = new URL("../../../../docs/grafana-dashboard.json", import.meta.url);
const dashboardShape = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});

/** Of PromQL, as far as the dashboard uses it. */
const words = new Set("sum by rate topk histogram_quantile min max time instance le".split(" "));

/** All names in an expression that are no words of the language: metrics and labels. */
function namesIn(expression: string): readonly string[] {
  const bare = expression.replaceAll(/"[^"]*"/g, "").replaceAll(/\[[^\]]*\]/g, "");
  return [...bare.matchAll(/[a-z_]\w*/g)].map(([name]) => name).filter((name) => !words.has(name));
}

const known = new Map(
  metrics.flatMap((metric) => {
    const { name, type } = metric;
    const names =
      type === "histogram" ? ["bucket", "sum", "count"].map((end) => `${name}_${end}`) : [name];
    return names.map((each) => [each, metric] as const);
  }),
);

test("the dashboard asks for nothing but declared metrics, by labels that they have", async () => {
  const { panels } = dashboardShape.parse(JSON.parse(await readFile(dashboardFile, "utf8")));
  const used = new Set<string>();
  for (const { expr, legendFormat } of panels.flatMap(({ targets }) => targets)) {
    const names = namesIn(expr);
    const found = names.flatMap((name) => known.get(name) ?? []);
    assert.ok(found.length > 0, expr);
    for (const { name } of found) used.add(name);
    const labels = new Set(found.flatMap((metric) => metric.labels));
    for (const name of names) assert.ok(known.has(name) || labels.has(name), `${name} in ${expr}`);
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      assert.ok(labels.has(label) || label === "instance", `${label} in the legend of ${expr}`);
    }
  }
  const unused = metrics.map(({ name }) => name).filter((name) => !used.has(name));
  assert.deepEqual(unused, [], "each metric has its place on the dashboard");
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
});
