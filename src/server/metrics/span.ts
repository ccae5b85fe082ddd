// The last hour, day or week as a chart shows it: points of equal length, each with all that was kept
// of its minutes.

import { commitBounds, deliveryBounds, quantile } from "../../core/metrics/histogram.ts";
import { type Minute, together } from "./minute.ts";

export type HistorySpan = "hour" | "day" | "week";

/** One value for each point; null where nothing is known of that time. */
export type Series = readonly (number | null)[];

export interface HistoryRead {
  readonly span: HistorySpan;
  /** Length of a point, in ms. */
  readonly step: number;
  /** When each point begins, in UTC seconds, ascending; the last one is not over yet. */
  readonly times: readonly number[];
  /** Messages a minute that were kept. */
  readonly accepted: Series;
  /** Recipients a minute: handed on to other hosts, put into mailboxes, given up, tried in vain. */
  readonly relayed: Series;
  readonly local: Series;
  readonly bounced: Series;
  readonly deferred: Series;
  /** Recipients and messages a minute refused for good, by the reason: those reasons that came most
   * often, the first one most; all others together are `others`. */
  readonly refused: readonly { readonly reason: string; readonly values: Series }[];
  /** Recipients a minute that were asked to come back later. */
  readonly putOff: Series;
  /** Recipients in the queue. */
  readonly queued: Series;
  /** Seconds from a message's arrival to its delivery. */
  readonly latencyMedian: Series;
  readonly latency95: Series;
  /** Seconds of a commit of the store, with its sync. */
  readonly commitMedian: Series;
  readonly commitSlowest: Series;
}

export interface SpanPlan {
  /** Minutes that a point takes together. */
  readonly minutes: number;
  readonly points: number;
}

const spanPlans: Readonly<Record<HistorySpan, SpanPlan>> = {
  hour: { minutes: 1, points: 60 },
  day: { minutes: 10, points: 144 },
  week: { minutes: 60, points: 168 },
};

/** Reasons that are told apart. */
const mostReasons = 5;

const minuteLength = 60_000;

export class Span {
  readonly #span: HistorySpan;
  readonly #plan: SpanPlan;
  /** By the number of the point since 1970. */
  readonly #points = new Map<number, Minute>();

  constructor(span: HistorySpan) {
    this.#span = span;
    this.#plan = spanPlans[span];
  }

  /** @param minute since 1970
   *  @param now UTC milliseconds */
  add(minute: number, data: Minute, now: number): void {
    const at = Math.floor(minute / this.#plan.minutes);
    const before = this.#points.get(at);
    this.#points.set(at, before === undefined ? data : together(before, data));
    const last = this.#pointAt(now);
    for (const point of this.#points.keys()) {
      if (point <= last - this.#plan.points || point > last + 1) this.#points.delete(point);
    }
  }

  clear(): void {
    this.#points.clear();
  }

  /** @param now UTC milliseconds */
  read(now: number): HistoryRead {
    const { minutes, points } = this.#plan;
    const first = this.#pointAt(now) - points + 1;
    const numbers = Array.from({ length: points }, (_, index) => first + index);
    const data = numbers.map((number) => this.#points.get(number));
    const series = (value: (minute: Minute) => number | null): Series =>
      data.map((minute) => (minute === undefined ? null : value(minute)));
    return {
      span: this.#span,
      step: minutes * minuteLength,
      times: numbers.map((number) => (number * minutes * minuteLength) / 1000),
      accepted: series((minute) => rate(minute.accepted, minute)),
      relayed: series((minute) => rate(minute.relayed, minute)),
      local: series((minute) => rate(minute.local, minute)),
      bounced: series((minute) => rate(minute.bounced, minute)),
      deferred: series((minute) => rate(minute.deferred, minute)),
      refused: refusedSeries(data),
      putOff: series((minute) => rate(minute.putOff, minute)),
      queued: series(({ queued }) => queued),
      latencyMedian: series((minute) => ofLatency(minute, 0.5)),
      latency95: series((minute) => ofLatency(minute, 0.95)),
      commitMedian: series(({ commits }) =>
        quantile({ bounds: commitBounds, counts: commits }, 0.5),
      ),
      commitSlowest: series(({ slowestCommit }) => (slowestCommit > 0 ? slowestCommit : null)),
    };
  }

  #pointAt(now: number): number {
    return Math.floor(now / minuteLength / this.#plan.minutes);
  }
}

function ofLatency({ latency }: Minute, share: number): number | null {
  return quantile({ bounds: deliveryBounds, counts: latency }, share);
}

function rate(count: number, { covered }: Minute): number | null {
  return covered > 0 ? (count * minuteLength) / covered : null;
}

function refusedSeries(data: readonly (Minute | undefined)[]): HistoryRead["refused"] {
  const sums = new Map<string, number>();
  for (const minute of data) {
    for (const [reason, count] of Object.entries(minute?.refused ?? {})) {
      sums.set(reason, (sums.get(reason) ?? 0) + count);
    }
  }
  const reasons = [...sums]
    .toSorted(([one, count], [other, otherCount]) => otherCount - count || (one < other ? -1 : 1))
    .map(([reason]) => reason);
  const shown = reasons.slice(0, mostReasons);
  const rest = new Set(reasons.slice(mostReasons));
  const valuesOf = (isMeant: (reason: string) => boolean): Series =>
    data
      .map((minute) => minute && rate(countOf(minute, isMeant), minute))
      .map((value) => value ?? null);
  return [
    ...shown.map((reason) => ({ reason, values: valuesOf((other) => other === reason) })),
    ...(rest.size > 0
      ? [{ reason: "others", values: valuesOf((reason) => rest.has(reason)) }]
      : []),
  ];
}

function countOf({ refused }: Minute, isMeant: (reason: string) => boolean): number {
  return Object.entries(refused)
    .filter(([reason]) => isMeant(reason))
    .reduce((sum, [, count]) => sum + count, 0);
}
