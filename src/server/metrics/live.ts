// What goes on at this moment: rates of the last seconds, and the queue by destination.

import type { ListenerRole } from "../../core/config/settings.ts";
import type { QueueSize } from "../../io/store/message-store.ts";
import type { DestinationView } from "../admin/operations.ts";
import type { Counters } from "./counters.ts";
import type { Flow } from "./minute.ts";
import { type ReadQueueSize, type Seldom, seldom } from "./seldom.ts";

export interface Live {
  /** UTC milliseconds. */
  readonly at: number;
  /** Seconds that the rates stand for. */
  readonly seconds: number;
  /** In a second; messages, and then recipients, as in `HistoryRead`. */
  readonly rates: LiveRates;
  /** Open connections. */
  readonly connections: Readonly<Record<ListenerRole, number>>;
  /** Null where the store does not say. */
  readonly queue: QueueSize | null;
  /** Messages that are being delivered. */
  readonly delivering: number;
  /** As `queueDestinations` has them, a few seconds ago; none where the store does not say. */
  readonly destinations: readonly DestinationView[];
}

type LiveRates = Readonly<
  Record<"accepted" | "relayed" | "local" | "bounced" | "deferred" | "refused" | "putOff", number>
>;

export interface LiveOptions {
  readonly counters: Counters;
  readonly totals: () => Flow;
  readonly queueSize: ReadQueueSize;
  readonly delivering: () => number;
  readonly destinations: () => Promise<readonly DestinationView[]>;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

interface Sample {
  readonly at: number;
  readonly flow: Flow;
}

/** Milliseconds between two samples; rates are of one to two such times. */
const sampleEvery = 5_000;

export class LiveView {
  readonly #options: LiveOptions;
  #earlier: Sample;
  #later: Sample;
  #timer: NodeJS.Timeout | undefined;
  readonly #destinations: Seldom<readonly DestinationView[]>;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#later = this.#sample();
    this.#earlier = this.#later;
    this.#destinations = seldom(options.destinations, options.elapsed);
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#earlier = this.#later;
      this.#later = this.#sample();
    }, sampleEvery).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async now(): Promise<Live> {
    const { counters, queueSize, delivering, now } = this.#options;
    const { connections } = counters;
    const [queue, destinations] = await Promise.all([queueSize(), this.#destinations()]);
    const sample = this.#sample();
    const seconds = Math.max(0.001, (sample.at - this.#earlier.at) / 1000);
    return {
      at: now(),
      seconds,
      rates: ratesOf(this.#earlier.flow, sample.flow, seconds),
      connections: {
        mx: connections.mx.open,
        submission: connections.submission.open,
        pop3: connections.pop3.open,
        admin: connections.admin.open,
      },
      queue: queue ?? null,
      delivering: delivering(),
      destinations: destinations ?? [],
    };
  }

  #sample(): Sample {
    return { at: this.#options.elapsed(), flow: this.#options.totals() };
  }
}

function ratesOf(before: Flow, after: Flow, seconds: number): LiveRates {
  const rate = (name: Exclude<keyof LiveRates, "refused">): number =>
    (after[name] - before[name]) / seconds;
  return {
    accepted: rate("accepted"),
    relayed: rate("relayed"),
    local: rate("local"),
    bounced: rate("bounced"),
    deferred: rate("deferred"),
    refused: (refusals(after) - refusals(before)) / seconds,
    putOff: rate("putOff"),
  };
}

function refusals({ refused }: Flow): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}
