// The charts of the page *Now*: which figures each shows, in which words and units. The page draws
// their summaries and tables from this, and gives it to the browser to draw the lines.

import type { HistoryRead, Series } from "../../../metrics/span.ts";

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What one of its numbers is. */
  readonly unit: string;
  readonly lines: readonly ChartLine[];
}

export interface ChartLine {
  readonly name: string;
  readonly values: Series;
}

export function chartsOf(history: HistoryRead): readonly Chart[] {
  const { accepted, relayed, local, refused, putOff, bounced, deferred, queued } = history;
  const { latencyMedian, latency95, commitMedian, commitSlowest } = history;
  return [
    {
      id: "flow",
      title: "In and out",
      unit: "a minute",
      lines: [
        { name: "messages kept", values: accepted },
        { name: "recipients handed on", values: relayed },
        { name: "recipients into mailboxes", values: local },
      ],
    },
    {
      id: "refused",
      title: "Refused, by reason",
      unit: "a minute",
      lines: [
        ...refused.map(({ reason, values }) => ({ name: reason, values })),
        { name: "asked to come back later", values: putOff },
      ],
    },
    {
      id: "queue",
      title: "Queue",
      unit: "recipients",
      lines: [{ name: "waiting or held", values: queued }],
    },
    {
      id: "trouble",
      title: "Attempts that failed",
      unit: "a minute",
      lines: [
        { name: "to be tried again", values: deferred },
        { name: "given up", values: bounced },
      ],
    },
    {
      id: "latency",
      title: "From arrival to delivery",
      unit: "seconds",
      lines: [
        { name: "half are quicker than", values: latencyMedian },
        { name: "19 of 20 are quicker than", values: latency95 },
      ],
    },
    {
      id: "store",
      title: "The store’s commits, with their sync",
      unit: "milliseconds",
      lines: [
        { name: "half are quicker than", values: inMilliseconds(commitMedian) },
        { name: "the slowest", values: inMilliseconds(commitSlowest) },
      ],
    },
  ];
}

function inMilliseconds(seconds: Series): Series {
  return seconds.map((value) => (value === null ? null : value * 1000));
}

/** A number as a person reads it: three digits that count. */
export function formatFigure(value: number | null): string {
  if (value === null) return "–";
  if (value === 0 || value >= 100) return Math.round(value).toLocaleString("en-GB");
  if (value < 0.01) return "< 0.01";
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}

/** The line in words: what it was at last, on average, and at most. */
export function summarize({ name, values }: ChartLine): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return `${name}: nothing`;
  const most = known.reduce((one, other) => Math.max(one, other), 0);
  return `${name}: ${formatFigure(last)} at last, ${formatFigure(meanOf(values))} on average, ${formatFigure(most)} at most`;
}

export interface FigureRow {
  /** When it begins, in UTC seconds. */
  readonly time: number;
  readonly values: readonly (number | null)[];
}

/** A few rows that stand for all points: the mean of each stretch. */
export function figureRows(
  times: readonly number[],
  { lines }: Chart,
  most = 12,
): readonly FigureRow[] {
  const length = Math.max(1, Math.ceil(times.length / most));
  return Array.from({ length: Math.ceil(times.length / length) }, (_, row) => {
    const [begin, end] = [row * length, (row + 1) * length];
    return {
      time: times[begin] ?? 0,
      values: lines.map(({ values }) => meanOf(values.slice(begin, end))),
    };
  });
}

function meanOf(values: Series): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
