// Brings what has become due from the store into delivery, and knows when to look again.

import type { MessageId, QueuedMessage } from "../../core/queue/message.ts";
import type { Log } from "../log.ts";
import { type Alarm, createAlarm } from "./alarm.ts";

/** The part of the store that says what is due. */
export interface DueSource {
  due(query: { now: number; limit: number; latest: number }): Promise<readonly QueuedMessage[]>;
  /** When the next message is due after that time. */
  earliestDue(after: number): Promise<number | undefined>;
}

export interface RefillOptions {
  readonly source: DueSource;
  /** Messages that are in delivery now: the store may name them as due. */
  readonly active: ReadonlyMap<MessageId, unknown>;
  /** Messages in delivery at once. */
  readonly maxActive: number;
  /** Puts a message into delivery. */
  readonly begin: (message: QueuedMessage) => void;
  /** Told at each look into the store. */
  readonly onLook: () => void;
  /** The longest planned wait between attempts, in ms. */
  readonly longestWait: () => number;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Messages that one look brings: the fewer, the less of them is in memory for nothing where their
 * destination turns out to be down. */
const page = 1_000;
/** Wait before a look that many messages may call for at once, in ms. */
const lookSoon = 1_000;
/** Wait before another look into a store that did not answer, in ms. */
const lookLater = 5_000;

export class Refill {
  readonly #options: RefillOptions;
  readonly #alarm: Alarm;
  #looking = false;
  #again = false;
  #stopped = false;
  /** The store holds due messages that had no room. */
  #overflow = false;
  /** Messages that have ended since the last look. */
  #ended = 0;
  /** Messages that ended while the store was being asked: its answer may still name them. */
  readonly #endedMeanwhile = new Set<MessageId>();

  constructor(options: RefillOptions) {
    this.#options = options;
    this.#alarm = createAlarm(options.now, () => this.look());
  }

  /** Something may be due at that time, UTC ms. */
  by(time: number): void {
    this.#alarm.by(time);
  }

  /** Looks into the store now, or as soon as the look that is under way has ended. */
  look(): void {
    if (this.#looking) this.#again = true;
    else if (!this.#stopped) void this.#lookNow();
  }

  /** A message was left in the store for want of room. */
  leave(): void {
    this.#overflow = true;
  }

  /** A message has left delivery. `mayHaveMore`: the store may hold recipients that are due later. */
  ended(id: MessageId, mayHaveMore: boolean): void {
    if (this.#looking) this.#endedMeanwhile.add(id);
    const { active, now } = this.#options;
    const step = Math.min(page, this.#options.maxActive) / 2;
    this.#ended++;
    if (this.#overflow && (this.#ended >= step || active.size < step)) this.look();
    else if (mayHaveMore) this.#alarm.by(now() + lookSoon);
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.off();
  }

  async #lookNow(): Promise<void> {
    const { now, log } = this.#options;
    this.#looking = true;
    this.#again = false;
    try {
      await this.#fill(now());
    } catch (error) {
      log.error({ event: "queue-unreadable", error }, "the store did not say what is due");
      this.#alarm.by(now() + lookLater);
    }
    this.#looking = false;
    this.#endedMeanwhile.clear();
    if (!this.#stopped) this.#options.onLook();
    if (this.#again) this.look();
  }

  /** Fills the free room with what is due at `at`, then plans the next look. */
  async #fill(at: number): Promise<void> {
    const { source, active, maxActive, begin, longestWait } = this.#options;
    const room = maxActive - active.size;
    // Nothing is planned for later than `latest`, except by a clock that was set back since.
    const latest = at + 2 * longestWait();
    // Those that are in delivery may be named as well.
    const limit = active.size + Math.min(room, page);
    this.#ended = 0;
    const due = room > 0 ? await source.due({ now: at, limit, latest }) : [];
    const fresh = due.filter(({ id }) => !active.has(id) && !this.#endedMeanwhile.has(id));
    this.#overflow = room <= 0 || due.length >= limit;
    if (this.#stopped) return;
    for (const message of fresh.slice(0, maxActive - active.size)) begin(message);
    const next = await source.earliestDue(at);
    if (next !== undefined) this.#alarm.by(next);
  }
}
