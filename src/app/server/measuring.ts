// Wires what is measured: the counters of a running server, their history, and the metrics that are
// read from them.

import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import type { ServerOperations } from "../../server/admin/server-operations.ts";
import type { Queue } from "../../server/delivery/queue.ts";
import type { Log } from "../../server/log.ts";
import type { Counters } from "../../server/metrics/counters.ts";
import { watchEventLoop } from "../../server/metrics/event-loop.ts";
import { History, type HistoryReader } from "../../server/metrics/history.ts";
import { LiveView } from "../../server/metrics/live.ts";
import { totals } from "../../server/metrics/minute.ts";
import type { MetricSources } from "../../server/metrics/metric.ts";
import { seldom } from "../../server/metrics/seldom.ts";
import { version } from "../version.ts";
import type { BlocklistsKeeper } from "./blocklists.ts";

export interface Measuring {
  readonly history: HistoryReader;
  readonly sources: MetricSources;
  /** Begins to keep a history. */
  start(): void;
  close(): Promise<void>;
}

export interface MeasuredParts {
  readonly counters: Counters;
  readonly store: Store;
  readonly queue: Pick<Queue, "size" | "down">;
  readonly operations: Pick<ServerOperations, "banList" | "grantList" | "queueDestinations">;
  readonly blocklists: Pick<BlocklistsKeeper, "current">;
  readonly certificates: Pick<Certificates, "pairs">;
  readonly clock: Clock;
  readonly log: Log;
}

const anyone = { client: null, account: null };

export function createMeasuring(parts: MeasuredParts): Measuring {
  const { counters, store, queue, operations, blocklists, certificates, clock, log } = parts;
  const queueSize = seldom(() => store.messages.size(), clock.elapsed);
  const { commits } = store.statistics();
  const sum = () => totals(counters, commits);
  const live = new LiveView({
    counters,
    totals: sum,
    queueSize,
    delivering: () => queue.size,
    destinations: () => operations.queueDestinations(),
    ...clock,
  });
  const history = new History({
    store: store.history,
    totals: sum,
    slowestCommit: () => commits.takeLargest(),
    queueSize,
    live,
    clock,
    log,
  });
  const eventLoop = watchEventLoop(clock.elapsed);
  const sources: MetricSources = {
    counters,
    store: () => store.statistics(),
    queueSize,
    queue,
    bans: () => operations.banList(false),
    liveGrants: async () => (await operations.grantList(anyone, false)).length,
    blocklists: () => blocklists.current?.report() ?? [],
    certificates: () => certificates.pairs,
    eventLoop,
    build: { version, node: process.versions.node },
  };
  return {
    history,
    sources,
    start: () => history.start(),
    async close() {
      eventLoop.stop();
      await history.close();
    },
  };
}
