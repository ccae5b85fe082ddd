// How the parts of the program are: store, blocklists, certificates, and the process itself.

import type { ListReport } from "../../blocklists/list.ts";
import { type Metric, type MetricSources, one, type Sample } from "../metric.ts";
import { processMetrics } from "./process.ts";

export const partMetrics: readonly Metric[] = [
  {
    name: "bailiwick_store_units_total",
    type: "counter",
    labels: [],
    help: "Units of work that the store carried out; by transactions, how many go together.",
    read: ({ store }) => one(store().units),
  },
  {
    name: "bailiwick_store_transactions_total",
    type: "counter",
    labels: [],
    help: "Transactions that they took, those that only read among them.",
    read: ({ store }) => one(store().transactions),
  },
  {
    name: "bailiwick_store_waiting_units",
    type: "gauge",
    labels: [],
    help: "Units that wait for the store, or that it works on.",
    read: ({ store }) => one(store().waiting),
  },
  {
    name: "bailiwick_store_commit_seconds",
    type: "histogram",
    labels: [],
    help: "Time of the commits that wrote something: with their sync on a file, the whole transaction on a database.",
    read: ({ store }) => [{ labels: [], value: store().commits.read() }],
  },
  {
    name: "bailiwick_blocklist_questions_total",
    type: "counter",
    labels: ["zone", "family"],
    help: "Questions that a blocklist was asked; begins anew when a reload changes blocklists.",
    read: (sources) => byZone(sources, ({ questions }) => questions, Math.max),
  },
  {
    name: "bailiwick_blocklist_listed_total",
    type: "counter",
    labels: ["zone", "family"],
    help: "Clients that were found on a blocklist; begins anew when a reload changes blocklists.",
    read: (sources) =>
      byZone(
        sources,
        ({ listed }) => listed,
        (sum, more) => sum + more,
      ),
  },
  {
    name: "bailiwick_blocklist_in_use",
    type: "gauge",
    labels: ["zone", "family"],
    help: "1 while a blocklist is believed, 0 while it is set aside because it failed its test.",
    read: (sources) =>
      byZone(sources, ({ health }) => (health.state === "set-aside" ? 0 : 1), Math.min),
  },
  {
    name: "bailiwick_certificate_expires_timestamp_seconds",
    type: "gauge",
    labels: ["certificate"],
    help: "When a certificate expires, by the first name that it is for; of several with that name the first to expire.",
    read({ certificates }) {
      const ends = new Map<string, number>();
      for (const { names, expiresAt } of certificates()) {
        const [name = ""] = names;
        ends.set(name, Math.min(ends.get(name) ?? Infinity, expiresAt / 1000));
      }
      return [...ends].map(([name, value]) => ({ labels: [name], value }));
    },
  },
  ...processMetrics,
];

/** Entries of the configuration with the same zone are one series. */
function byZone(
  { blocklists }: MetricSources,
  read: (report: ListReport) => number,
  combine: (one: number, other: number) => number,
): readonly Sample[] {
  const found = new Map<string, Sample>();
  for (const report of blocklists()) {
    const { zone, family } = report;
    const key = `${family} ${zone}`;
    const value = read(report);
    const before = found.get(key);
    found.set(key, {
      labels: [zone, family],
      value: before === undefined ? value : combine(before.value, value),
    });
  }
  return [...found.values()];
}
