// What a metric is: declared once, with its name, its labels, its help, and where it is read.

import type { Histogram, HistogramRead } from "../../core/metrics/histogram.ts";
import type { EngineStatistics } from "../../io/store/engine.ts";
import type { ListReport } from "../blocklists/list.ts";
import type { Counters } from "./counters.ts";
import type { EventLoop } from "./event-loop.ts";
import type { ReadQueueSize } from "./seldom.ts";
import type { Tally } from "./tally.ts";

/** Where metrics are read, when somebody asks for them. */
export interface MetricSources {
  readonly counters: Counters;
  readonly store: () => EngineStatistics;
  readonly queueSize: ReadQueueSize;
  /** Messages being delivered, and destinations that take no mail now. */
  readonly queue: { readonly size: number; readonly down: number };
  /** Bans in force, by their reason. */
  readonly bans: () => Promise<readonly { readonly reason: string }[]>;
  /** How many grants count now. */
  readonly liveGrants: () => Promise<number>;
  readonly blocklists: () => readonly ListReport[];
  readonly certificates: () => readonly CertificateEnd[];
  readonly eventLoop: EventLoop;
  readonly build: { readonly version: string; readonly node: string };
}

interface CertificateEnd {
  readonly names: readonly string[];
  /** UTC milliseconds. */
  readonly expiresAt: number;
}

interface Declared {
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  readonly labels: readonly string[];
}

interface NumberMetric extends Declared {
  readonly type: "counter" | "gauge";
  readonly read: (sources: MetricSources) => readonly Sample[] | Promise<readonly Sample[]>;
}

interface HistogramMetric extends Declared {
  readonly type: "histogram";
  readonly read: (sources: MetricSources) => readonly HistogramSample[];
}

export type Metric = NumberMetric | HistogramMetric;

export interface Sample {
  /** Values of the labels, in their order. */
  readonly labels: readonly string[];
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: readonly string[];
  readonly value: HistogramRead;
}

/** A single number, without labels. */
export function one(value: number): readonly Sample[] {
  return [{ labels: [], value }];
}

/** A number for each key of a record. */
export function each<Value>(
  record: Readonly<Record<string, Value>>,
  read: (value: Value) => number,
): readonly Sample[] {
  return Object.entries(record).map(([key, value]) => ({ labels: [key], value: read(value) }));
}

/** A number for each word that was counted. */
export function tallied(tally: Tally, ...before: readonly string[]): readonly Sample[] {
  return [...tally.entries()].map(([word, value]) => ({ labels: [...before, word], value }));
}

/** A histogram for each key of a record. */
export function histograms(
  record: Readonly<Record<string, Histogram>>,
): readonly HistogramSample[] {
  return Object.entries(record).map(([key, value]) => ({ labels: [key], value: value.read() }));
}
