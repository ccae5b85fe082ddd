// Who comes, and who gets in.

import { each, type Metric, one, tallied } from "../metric.ts";

export const clientMetrics: readonly Metric[] = [
  {
    name: "bailiwick_connections_open",
    type: "gauge",
    labels: ["role"],
    help: "Connections that are open now, by the role of their listener.",
    read: ({ counters }) => each(counters.connections, ({ open }) => open),
  },
  {
    name: "bailiwick_connections_accepted_total",
    type: "counter",
    labels: ["role"],
    help: "Connections that were accepted.",
    read: ({ counters }) => each(counters.connections, ({ accepted }) => accepted),
  },
  {
    name: "bailiwick_connections_refused_total",
    type: "counter",
    labels: ["role", "reason"],
    help: "Connections over one of the limits.",
    read: ({ counters }) =>
      Object.entries(counters.connections).flatMap(([role, { refused }]) => tallied(refused, role)),
  },
  {
    name: "bailiwick_tls_handshakes_total",
    type: "counter",
    labels: ["role", "version"],
    help: "Handshakes with clients that brought about TLS.",
    read: ({ counters }) =>
      Object.entries(counters.tls).flatMap(([role, { done }]) => tallied(done, role)),
  },
  {
    name: "bailiwick_tls_handshakes_failed_total",
    type: "counter",
    labels: ["role"],
    help: "Handshakes with clients that failed.",
    read: ({ counters }) => each(counters.tls, ({ failed }) => failed),
  },
  {
    name: "bailiwick_logins_total",
    type: "counter",
    labels: ["service", "mechanism", "result"],
    help: "Logins: good, refused, turned away untested (too many were wrong), or unavailable (nobody could tell).",
    read: ({ counters }) =>
      Object.entries(counters.logins).flatMap(([service, classes]) =>
        Object.entries(classes).flatMap(([mechanism, tally]) => tallied(tally, service, mechanism)),
      ),
  },
  {
    name: "bailiwick_bans",
    type: "gauge",
    labels: ["reason"],
    help: "Bans in force against those who guess passwords.",
    async read({ bans }) {
      const counts = new Map<string, number>();
      for (const { reason } of await bans()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      return [...counts].map(([reason, value]) => ({ labels: [reason], value }));
    },
  },
  {
    name: "bailiwick_grants_live",
    type: "gauge",
    labels: [],
    help: "Grants that let a client relay for having read mail.",
    read: async ({ liveGrants }) => one(await liveGrants()),
  },
  {
    name: "bailiwick_grant_messages_total",
    type: "counter",
    labels: [],
    help: "Messages that a grant let through.",
    read: ({ counters }) => one(counters.grantUses),
  },
];
