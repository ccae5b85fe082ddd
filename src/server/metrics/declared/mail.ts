// What becomes of mail: decisions, messages, the queue, deliveries.

import { each, histograms, type Metric, one, tallied } from "../metric.ts";

export const mailMetrics: readonly Metric[] = [
  {
    name: "bailiwick_decisions_total",
    type: "counter",
    labels: ["role", "verdict", "reason"],
    help: "Decisions about recipients, by the role of the listener.",
    read: ({ counters }) =>
      Object.entries(counters.decisions).flatMap(([role, verdicts]) =>
        Object.entries(verdicts).flatMap(([verdict, tally]) => tallied(tally, role, verdict)),
      ),
  },
  {
    name: "bailiwick_messages_accepted_total",
    type: "counter",
    labels: [],
    help: "Messages that were kept and acknowledged.",
    read: ({ counters }) => one(counters.accepted),
  },
  {
    name: "bailiwick_messages_accepted_bytes_total",
    type: "counter",
    labels: [],
    help: "Octets of those messages.",
    read: ({ counters }) => one(counters.octets),
  },
  {
    name: "bailiwick_messages_refused_total",
    type: "counter",
    labels: ["reason"],
    help: "Messages refused when they were whole: loop, memory, full and store (no room, or none to be had), sender (not the login's), inspection (filters, DMARC).",
    read: ({ counters }) => tallied(counters.refused),
  },
  {
    name: "bailiwick_queue_messages",
    type: "gauge",
    labels: [],
    help: "Messages in the queue; absent while the store does not answer.",
    async read({ queueSize }) {
      const size = await queueSize();
      return size === undefined ? [] : one(size.messages);
    },
  },
  {
    name: "bailiwick_queue_recipients",
    type: "gauge",
    labels: ["state"],
    help: "Recipients in the queue: waiting, or held by the operator.",
    async read({ queueSize }) {
      const size = await queueSize();
      if (size === undefined) return [];
      return [
        { labels: ["waiting"], value: size.waiting },
        { labels: ["held"], value: size.held },
      ];
    },
  },
  {
    name: "bailiwick_queue_delivering_messages",
    type: "gauge",
    labels: [],
    help: "Messages that are being delivered now.",
    read: ({ queue }) => one(queue.size),
  },
  {
    name: "bailiwick_destinations_down",
    type: "gauge",
    labels: [],
    help: "Destinations that take no mail now.",
    read: ({ queue }) => one(queue.down),
  },
  {
    name: "bailiwick_delivery_attempts_total",
    type: "counter",
    labels: ["kind", "outcome"],
    help: "Attempts by what they came to for a recipient: delivered, deferred or failed; to mailboxes here (local) or other hosts (relay).",
    read: ({ counters }) =>
      Object.entries(counters.attempts).flatMap(([kind, tally]) => tallied(tally, kind)),
  },
  {
    name: "bailiwick_delivery_latency_seconds",
    type: "histogram",
    labels: ["kind"],
    help: "Time from a message's arrival, or its release, to its delivery.",
    read: ({ counters }) => histograms(counters.latency),
  },
  {
    name: "bailiwick_delivery_protection_total",
    type: "counter",
    labels: ["protection"],
    help: "Deliveries to other hosts by what protected them: clear (nothing), tls (encrypted), verified (encrypted, and the host is known to be the one meant).",
    read: ({ counters }) => tallied(counters.protection),
  },
  {
    name: "bailiwick_dns_questions_total",
    type: "counter",
    labels: ["purpose"],
    help: "Questions to the DNS: where mail goes (delivery), what clients are called (clients), what senders publish (senders).",
    read: ({ counters }) => each(counters.dns, ({ asked }) => asked),
  },
  {
    name: "bailiwick_dns_failures_total",
    type: "counter",
    labels: ["purpose"],
    help: "Questions to the DNS without an answer that tells anything.",
    read: ({ counters }) => each(counters.dns, ({ failed }) => failed),
  },
];
