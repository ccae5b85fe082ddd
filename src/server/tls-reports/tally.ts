// Counts TLS sessions in memory, and brings the counts into the store now and then: no mail waits for
// it. What a crash loses is a minute of them.

import { errorText } from "../../core/error-text.ts";
import type { DaysSessions, TlsReportStore } from "../../io/store/tls-report-store.ts";
import type { Log } from "../log.ts";
import { dayOf } from "./day.ts";
import type { Session } from "./session-of.ts";

export interface SessionTallyOptions {
  readonly store: Pick<TlsReportStore, "count">;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Milliseconds between two writes; a minute, but for tests. */
  readonly writeEvery?: number;
  readonly log: Log;
}

/** Sessions that went differently, of one minute; others are not counted. */
const mostKinds = 20_000;
/** Kinds in one unit of work, so that no mail waits long behind them. */
const batchSize = 100;

export class SessionTally {
  readonly #options: SessionTallyOptions;
  readonly #counts = new Map<string, DaysSessions>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** The log was told that the store takes nothing. */
  #isTold = false;

  constructor(options: SessionTallyOptions) {
    this.#options = options;
  }

  /** Returns at once. */
  note(session: Session): void {
    const day = dayOf(this.#options.now());
    const key = JSON.stringify([day, session]);
    const before = this.#counts.get(key);
    if (before === undefined && this.#counts.size >= mostKinds) return;
    this.#counts.set(key, { ...session, day, count: (before?.count ?? 0) + 1 });
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.writeEvery ?? 60_000);
  }

  /** Never rejects: what the store does not take waits for the next time. */
  async flush(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#write().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
  }

  async #write(): Promise<void> {
    const all = [...this.#counts.values()];
    this.#counts.clear();
    for (let at = 0; at < all.length; at += batchSize) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- mail goes between them
        await this.#options.store.count(all.slice(at, at + batchSize));
        this.#isTold = false;
      } catch (error) {
        this.#tell(error);
        return all.slice(at).forEach((sessions) => this.#putBack(sessions));
      }
    }
  }

  #putBack(sessions: DaysSessions): void {
    const { day, count, ...session } = sessions;
    const key = JSON.stringify([day, session]);
    const since = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { ...sessions, count: count + since });
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.writeEvery ?? 60_000);
  }

  /** Once, however long it lasts. */
  #tell(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const text = `TLS sessions are counted in memory alone: ${errorText(error)}`;
    this.#options.log.warn({ event: "tls-sessions-not-kept" }, text);
  }
}
