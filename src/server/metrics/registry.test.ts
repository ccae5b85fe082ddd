import assert from "node:assert/strict";
import { test } from "node:test";
import { commitBounds, Histogram } from "../../core/metrics/histogram.ts";
import { readExposition, valueOf } from "../../../test/support/exposition.ts";
import { Counters } from "./counters.ts";
import { metrics } from "./declared/all.ts";
import type { MetricSources } from "./metric.ts";
import { createExposition } from "./registry.ts";

function sources(changes: Partial<MetricSources> = {}): MetricSources {
  const commits = new Histogram(commitBounds);
  commits.observe(0.002);
  return {
    counters: new Counters(),
    store: () => ({ units: 9, transactions: 4, waiting: 2, commits }),
    queueSize: async () => ({ messages: 3, waiting: 4, held: 1 }),
    queue: { size: 1, down: 2 },
    bans: async () => [{ reason: "guessing" }, { reason: "operator" }, { reason: "guessing" }],
    liveGrants: async () => 6,
    blocklists: () => [],
    certificates: () => [],
    eventLoop: { read: () => ({ median: 0, p99: 0.1, longest: 0.2 }), stop() {} },
    build: { version: '0."1\\0\n', node: "24" },
    ...changes,
  };
}

async function expose(given: MetricSources) {
  const { text } = await createExposition(metrics, given)();
  return readExposition(text);
}

test("every metric is told, with its type and its help", async () => {
  const found = await expose(sources());
  assert.deepEqual(
    [...found.families].map(([name, { type, help }]) => ({ name, type, help })),
    metrics.map(({ name, type, help }) => ({ name, type, help })),
  );
});

test("numbers come from where they are counted, each time anew", async () => {
  const given = sources();
  const { counters } = given;
  const read = createExposition(metrics, given);
  counters.accepted = 7;
  counters.octets = 7_000;
  counters.decisions.mx.refuse.add("relaying-denied");
  counters.decisions.mx.refuse.add("relaying-denied");
  counters.connections.pop3.open = 2;
  counters.logins.smtp.scram.add("good");
  const first = readExposition((await read()).text);
  assert.equal(valueOf(first, "bailiwick_messages_accepted_total"), 7);
  const denied = { role: "mx", verdict: "refuse", reason: "relaying-denied" };
  assert.equal(valueOf(first, "bailiwick_decisions_total", denied), 2);
  assert.equal(valueOf(first, "bailiwick_connections_open", { role: "pop3" }), 2);
  const good = { service: "smtp", mechanism: "scram", result: "good" };
  assert.equal(valueOf(first, "bailiwick_logins_total", good), 1);
  assert.equal(valueOf(first, "bailiwick_bans", { reason: "guessing" }), 2);
  assert.equal(valueOf(first, "bailiwick_queue_recipients", { state: "held" }), 1);
  assert.equal(valueOf(first, "bailiwick_store_waiting_units"), 2);
  counters.accepted++;
  const second = readExposition((await read()).text);
  assert.equal(valueOf(second, "bailiwick_messages_accepted_total"), 8);
});

test("buckets of a histogram count all below their bounds", async () => {
  const given = sources();
  for (const age of [5, 80, 80, 900_000_000]) given.counters.attempted("relay", "delivered", age);
  const found = await expose(given);
  const name = "bailiwick_delivery_latency_seconds";
  const bucket = (le: string) => valueOf(found, `${name}_bucket`, { kind: "relay", le });
  assert.deepEqual(["0.01", "0.05", "0.1", "432000", "+Inf"].map(bucket), [1, 1, 3, 3, 4]);
  assert.equal(valueOf(found, `${name}_count`, { kind: "relay" }), 4);
  assert.equal(valueOf(found, `${name}_sum`, { kind: "relay" }), 900_000.165);
  assert.equal(valueOf(found, `${name}_count`, { kind: "local" }), 0);
});

test("a store that does not answer leaves a gap, and the rest is told", async () => {
  const found = await expose(sources({ queueSize: async () => undefined }));
  assert.equal(valueOf(found, "bailiwick_queue_messages"), undefined);
  assert.equal(valueOf(found, "bailiwick_destinations_down"), 2);
});

test("what is named alike is one series", async () => {
  const report = {
    zone: "zen.example",
    family: "IPv4",
    health: { state: "untested" },
    lastTest: null,
    remembered: 0,
    questions: 5,
    median: null,
    slowest: null,
    score: 1,
    fail: "open",
    listed: 2,
  } as const;
  const found = await expose(
    sources({
      blocklists: () => [report, { ...report, listed: 3 }, { ...report, family: "IPv6" }],
      certificates: () => [
        { names: ["mail.example.org"], expiresAt: 9_000 },
        { names: ["mail.example.org"], expiresAt: 5_000 },
        { names: [], expiresAt: 1_000 },
      ],
    }),
  );
  const v4 = { zone: "zen.example", family: "IPv4" };
  assert.equal(valueOf(found, "bailiwick_blocklist_listed_total", v4), 5);
  assert.equal(valueOf(found, "bailiwick_blocklist_questions_total", v4), 5);
  const certificate = { certificate: "mail.example.org" };
  assert.equal(valueOf(found, "bailiwick_certificate_expires_timestamp_seconds", certificate), 5);
});

test("odd words in labels break no line", async () => {
  const found = await expose(sources());
  const labels = { version: '0."1\\0\n', node: "24" };
  assert.equal(valueOf(found, "bailiwick_build_info", labels), 1);
});
