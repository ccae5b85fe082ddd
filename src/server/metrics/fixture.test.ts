// A history with a clock that tests set.

import type { TestContext } from "node:test";
import { commitBounds, Histogram } from "../../core/metrics/histogram.ts";
import type { HistoryStore } from "../../io/store/history-store.ts";
import { scratchStore } from "../../io/store/fixture.test.ts";
import { Counters } from "./counters.ts";
import { History } from "./history.ts";
import { LiveView } from "./live.ts";
import { totals } from "./minute.ts";

export const minute = 60_000;
/** 2026-11-26, noon in UTC. */
export const noon = Date.UTC(2026, 10, 26, 12);

export class TestClock {
  utc = noon;
  #elapsed = 1_000;
  readonly now = (): number => this.utc;
  readonly elapsed = (): number => this.#elapsed;

  pass(milliseconds: number): void {
    this.utc += milliseconds;
    this.#elapsed += milliseconds;
  }
}

export interface TestHistory {
  readonly history: History;
  readonly counters: Counters;
  readonly commits: Histogram;
  readonly clock: TestClock;
  readonly store: HistoryStore;
  readonly warnings: readonly object[];
  /** What the store says is in the queue. */
  queued: number;
}

interface Given {
  readonly store?: HistoryStore;
  readonly clock?: TestClock;
}

export async function testHistory(t: TestContext, given: Given = {}): Promise<TestHistory> {
  const store = given.store ?? (await scratchStore(t)).history;
  const clock = given.clock ?? new TestClock();
  const counters = new Counters();
  const commits = new Histogram(commitBounds);
  const warnings: object[] = [];
  const sum = () => totals(counters, commits);
  const queueSize = async () => ({ messages: 1, waiting: parts.queued, held: 0 });
  const live = new LiveView({
    counters,
    totals: sum,
    queueSize,
    delivering: () => 3,
    destinations: async () => [{ name: "example.net", waiting: 2, active: 1 }],
    now: clock.now,
    elapsed: clock.elapsed,
  });
  const history = new History({
    store,
    totals: sum,
    slowestCommit: () => commits.takeLargest(),
    queueSize,
    live,
    clock,
    log: { info() {}, warn: (fields) => warnings.push(fields), error() {} },
  });
  const parts = { history, counters, commits, clock, store, warnings, queued: 0 };
  t.after(() => history.close());
  return parts;
}
