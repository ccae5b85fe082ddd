// What goes on at this moment: rates of the last seconds, and the queue by destination.

import type { ListenerRole } from "../../core/config/settings.ts";
import type { QueueSize } from "../../io/store/message-store.ts";
import type { DestinationView } from "../admin/operations.ts";
import type { Counters } from "./counters.ts";
import type { Flow } from "./minute.ts";
import type { ReadQueueSize } from "./queue-size.ts";

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
  /** As `queueDestinations` has them. */
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
/** Milliseconds for which the destinations are not asked for again. */
const destinationsGood = 2_000;

export class LiveView {
  readonly #options: LiveOptions;
  #earlier: Sample;
  #later: Sample;
  #timer: NodeJS.Timeout | undefined;
  #destinations: { readonly until: number; readonly found: Promise<readonly DestinationView[]> };

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#later = this.#sample();
    this.#earlier = this.#later;
    this.#destinations = { until: -Infinity, found: Promise.resolve([]) };
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
    const [queue, destinations] = await Promise.all([queueSize(), this.#findDestinations()]);
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
      destinations,
    };
  }

  #sample(): Sample {
    return { at: this.#options.elapsed(), flow: this.#options.totals() };
  }

  /** Several who look share an answer; none where the store does not say. */
  async #findDestinations(): Promise<readonly DestinationView[]> {
    const at = this.#options.elapsed();
    if (at >= this.#destinations.until) {
      const found = this.#options.destinations().catch(() => []);
      this.#destinations = { until: at + destinationsGood, found };
    }
    return this.#destinations.found;
  }
}

function ratesOf(before: Flow, after: Flow, seconds: number): LiveRates {
  const sum = ({ refused }: Flow): number =>
    Object.values(refused).reduce((all, count) => all + count, 0);
  const rate = (name: Exclude<keyof LiveRates, "refused">): number =>
    (after[name] - before[name]) / seconds;
  return {
    accepted: rate("accepted"),
    relayed: rate("relayed"),
    local: rate("local"),
    bounced: rate("bounced"),
    deferred: rate("deferred"),
    refused: (sum(after) - sum(before)) / seconds,
    putOff: rate("putOff"),
  };
}
