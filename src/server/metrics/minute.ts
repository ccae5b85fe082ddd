// What one minute was like, or several taken together, and how it is kept: as JSON.

import { z } from "zod";
import type { Histogram } from "../../core/metrics/histogram.ts";
import type { Counters } from "./counters.ts";

/** Numbers that only grow while the server runs, or by how much they have grown. */
export interface Flow {
  /** Messages kept, and their octets. */
  readonly accepted: number;
  readonly octets: number;
  /** Recipients: what an attempt came to. */
  readonly relayed: number;
  readonly local: number;
  readonly bounced: number;
  readonly deferred: number;
  /** Recipients that were asked to come back later. */
  readonly putOff: number;
  /** Recipients and messages refused for good, by the reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Deliveries by how long they took, for each of `deliveryBounds` and for above. */
  readonly latency: readonly number[];
  /** The store's commits, for each of `commitBounds` and for above. */
  readonly commits: readonly number[];
}

export interface Minute extends Flow {
  /** Milliseconds for which this stands. */
  readonly covered: number;
  /** Seconds. */
  readonly slowestCommit: number;
  /** Recipients in the queue at its end; null where nobody could tell. */
  readonly queued: number | null;
}

/** All that was counted since the start. */
export function totals(counters: Counters, commits: Pick<Histogram, "read">): Flow {
  const { attempts, latency, decisions } = counters;
  const tried = (state: "failed" | "deferred"): number =>
    attempts.local.of(state) + attempts.relay.of(state);
  const refused: Record<string, number> = {};
  let putOff = 0;
  const addRefused = ([reason, count]: readonly [string, number]): void => {
    refused[reason] = (refused[reason] ?? 0) + count;
  };
  for (const { refuse, defer } of Object.values(decisions)) {
    for (const entry of refuse.entries()) addRefused(entry);
    for (const [, count] of defer.entries()) putOff += count;
  }
  for (const entry of counters.refused.entries()) addRefused(entry);
  return {
    accepted: counters.accepted,
    octets: counters.octets,
    relayed: attempts.relay.of("delivered"),
    local: attempts.local.of("delivered"),
    bounced: tried("failed"),
    deferred: tried("deferred"),
    putOff,
    refused,
    latency: combine(latency.local.read().counts, latency.relay.read().counts, 1),
    commits: commits.read().counts,
  };
}

/** By how much the numbers have grown. */
export function growth(before: Flow, after: Flow): Flow {
  return combineFlows(after, before, -1);
}

/** Two stretches of time taken together. */
export function together(earlier: Minute, later: Minute): Minute {
  return {
    ...combineFlows(earlier, later, 1),
    covered: earlier.covered + later.covered,
    slowestCommit: Math.max(earlier.slowestCommit, later.slowestCommit),
    queued: later.queued ?? earlier.queued,
  };
}

function combineFlows(one: Flow, other: Flow, sign: 1 | -1): Flow {
  const reasons = new Set([...Object.keys(one.refused), ...Object.keys(other.refused)]);
  const refused: Record<string, number> = {};
  for (const reason of reasons) {
    const count = (one.refused[reason] ?? 0) + sign * (other.refused[reason] ?? 0);
    if (count > 0) refused[reason] = count;
  }
  return {
    accepted: one.accepted + sign * other.accepted,
    octets: one.octets + sign * other.octets,
    relayed: one.relayed + sign * other.relayed,
    local: one.local + sign * other.local,
    bounced: one.bounced + sign * other.bounced,
    deferred: one.deferred + sign * other.deferred,
    putOff: one.putOff + sign * other.putOff,
    refused,
    latency: combine(one.latency, other.latency, sign),
    commits: combine(one.commits, other.commits, sign),
  };
}

function combine(one: readonly number[], other: readonly number[], sign: 1 | -1): number[] {
  const length = Math.max(one.length, other.length);
  return Array.from({ length }, (_, at) => (one[at] ?? 0) + sign * (other[at] ?? 0));
}

const count = z.number().nonnegative();

const kept = z.object({
  accepted: count,
  octets: count,
  relayed: count,
  local: count,
  bounced: count,
  deferred: count,
  putOff: count,
  refused: z.record(z.string(), count),
  latency: z.array(count),
  commits: z.array(count),
  covered: count,
  slowestCommit: count,
  queued: count.nullable(),
});

export function encodeMinute(minute: Minute): string {
  return JSON.stringify(minute);
}

/** Undefined where the text is damaged, or another version's. */
export function decodeMinute(data: string): Minute | undefined {
  try {
    return kept.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
