// The history for charts: once a minute what was counted since goes to the store, and is kept for
// eight days. What charts show of it is in memory, read from the store at the start.

import { errorText } from "../../core/error-text.ts";
import type { HistoryStore } from "../../io/store/history-store.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Log } from "../log.ts";
import { createRareLog } from "../rare-log.ts";
import type { Live, LiveView } from "./live.ts";
import { decodeMinute, encodeMinute, type Flow, growth, type Minute, together } from "./minute.ts";
import type { ReadQueueSize } from "./seldom.ts";
import { type HistoryRead, type HistorySpan, Span } from "./span.ts";

/** What pages ask of it. */
export interface HistoryReader {
  read(span: HistorySpan): Promise<HistoryRead>;
  now(): Promise<Live>;
}

export interface HistoryOptions {
  readonly store: HistoryStore;
  /** All that was counted since the start. */
  readonly totals: () => Flow;
  /** The slowest commit since the last call, in seconds. */
  readonly slowestCommit: () => number;
  readonly queueSize: ReadQueueSize;
  readonly live: LiveView;
  readonly clock: Clock;
  readonly log: Log;
}

const minuteLength = 60_000;
/** A minute that is over in so many ms goes along with the next one. */
const shortest = 1_000;
const dayMinutes = 1_440;
/** Minutes that are kept. */
const mostKept = 8 * dayMinutes;
/** Minutes between two looks for what is too much. */
const pruneEvery = 60;

export class History implements HistoryReader {
  readonly #options: HistoryOptions;
  readonly #spans: Readonly<Record<HistorySpan, Span>> = {
    hour: new Span("hour"),
    day: new Span("day"),
    week: new Span("week"),
  };
  readonly #complain: ReturnType<typeof createRareLog>;
  #flow: Flow;
  /** When the minute that is under way began: by the one clock and by the other. */
  #begun: { readonly elapsed: number; readonly utc: number };
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #loading: Promise<void> = Promise.resolve();
  #ticks = 0;
  #isClosed = false;

  constructor(options: HistoryOptions) {
    const { clock, log, totals } = options;
    this.#options = options;
    this.#complain = createRareLog(log, clock.elapsed);
    this.#flow = totals();
    this.#begun = { elapsed: clock.elapsed(), utc: clock.now() };
  }

  start(): void {
    this.#options.live.start();
    this.#loading = this.#load();
    this.#schedule();
  }

  /** Keeps what was counted of the minute that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#options.live.stop();
    await this.tick();
  }

  async read(span: HistorySpan): Promise<HistoryRead> {
    await this.#loading;
    return this.#spans[span].read(this.#options.clock.now());
  }

  now(): Promise<Live> {
    return this.#options.live.now();
  }

  /** A minute is over. Never rejects. */
  tick(): Promise<void> {
    // One after the other: a minute may be written to that the one before has just written.
    this.#writing = this.#writing.then(() => this.#loading).then(() => this.#turn());
    return this.#writing;
  }

  /** Minutes are those of the clock on the wall. */
  #schedule(): void {
    const left = minuteLength - (this.#options.clock.now() % minuteLength);
    // A timer may come too early: that is no minute of its own.
    const wait = left < shortest ? left + minuteLength : left;
    this.#timer = setTimeout(() => {
      void this.tick();
      if (!this.#isClosed) this.#schedule();
    }, wait).unref();
  }

  async #turn(): Promise<void> {
    const { clock, totals, slowestCommit, queueSize } = this.#options;
    const size = await queueSize();
    const now = { elapsed: clock.elapsed(), utc: clock.now() };
    const before = this.#begun;
    const covered = now.elapsed - before.elapsed;
    const flow = totals();
    const data: Minute = {
      ...growth(this.#flow, flow),
      covered,
      slowestCommit: slowestCommit(),
      queued: size === undefined ? null : size.waiting + size.held,
    };
    this.#flow = flow;
    this.#begun = now;
    // Points are placed by the clock on the wall: where that was set, all of them anew.
    if (Math.abs(now.utc - before.utc - covered) > minuteLength) await this.#load();
    // Of two minutes that it touches it counts for that in which the most of it lies.
    const minute = Math.floor((now.utc - Math.min(covered, minuteLength) / 2) / minuteLength);
    for (const span of Object.values(this.#spans)) span.add(minute, data, now.utc);
    await this.#keep(minute, data);
  }

  async #keep(minute: number, data: Minute): Promise<void> {
    const { store } = this.#options;
    try {
      // After a quick restart, or a clock set back, the minute has something already.
      const [before] = await store.read(minute, minute + 1);
      const earlier = before && decodeMinute(before.data);
      const whole = earlier === undefined ? data : together(earlier, data);
      await store.keep({ minute, data: encodeMinute(whole) });
      if (this.#ticks++ % pruneEvery === 0) await store.dropBeyond(mostKept);
    } catch (error) {
      const why = errorText(error);
      this.#complain({ event: "history-not-kept" }, `a minute of the history is not kept: ${why}`);
    }
  }

  /** Reads the last week, a day at a time: a week at once would keep mail waiting. */
  async #load(): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const end = Math.floor(now / minuteLength) + 1;
    const spans = Object.values(this.#spans);
    for (const span of spans) span.clear();
    try {
      for (let first = end - 8 * dayMinutes; first < end; first += dayMinutes) {
        for (const { minute, data } of await store.read(first, first + dayMinutes)) {
          const read = decodeMinute(data);
          if (read !== undefined) for (const span of spans) span.add(minute, read, now);
        }
      }
    } catch (error) {
      const why = errorText(error);
      this.#complain({ event: "history-not-read" }, `the history was not read: ${why}`);
    }
  }
}
