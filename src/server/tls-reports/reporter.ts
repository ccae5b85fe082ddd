// Sends the reports of a day when it is over, one domain after the other (RFC 8460 §5). What was sent is
// in the store: a restart repeats nothing, and of several hosts one alone reports to a domain.

import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../../core/error-text.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { NewMessage } from "../../core/queue/message.ts";
import type { ReportPlaces } from "../../core/tls-report/record.ts";
import type { SessionCount } from "../../core/tls-report/session.ts";
import type { Result } from "../../core/result.ts";
import type { ReportKey, TlsReportStore } from "../../io/store/tls-report-store.ts";
import type { Log } from "../log.ts";
import { beginOf, dayLength, dayOf } from "./day.ts";
import type { WrittenReport } from "./write-report.ts";

export interface TlsReporterOptions {
  readonly store: Pick<
    TlsReportStore,
    "unreported" | "begin" | "sessions" | "finish" | "dropBefore"
  >;
  /** False while nobody is to be told. */
  readonly isOn: () => boolean;
  /** Where the domain wants its reports; undefined where it wants none, a problem where that is not
   * known. Never rejects. */
  readonly places: (domain: Domain) => Promise<Result<ReportPlaces | undefined, string>>;
  readonly write: (key: ReportKey, sessions: readonly SessionCount[]) => WrittenReport;
  /** Hands a report over by HTTPS. Never rejects. */
  readonly post: (url: string, report: Uint8Array) => Promise<Result<undefined, string>>;
  /** A mail with a report has been kept. */
  readonly onKept: (mail: NewMessage) => void;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds between two looks; five minutes, but for tests. */
  readonly lookEvery?: number;
  readonly log: Log;
}

/** Milliseconds after midnight in which the other hosts' last counts come. */
const settling = 600_000;
/** Milliseconds over which reports are spread, so that not all the world reports at once (§4.1). */
const spread = 4 * 3_600_000 - settling;
/** Milliseconds after which a report that was begun, and is not done, is begun again. */
const lapse = 3_600_000;
/** Days behind today of which reports are still sent. */
const daysBack = [2, 1] as const;
const pageSize = 100;
/** Milliseconds between two domains. */
const pace = 20;

export class TlsReporter {
  readonly #options: TlsReporterOptions;
  readonly #delay: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: TlsReporterOptions) {
    this.#options = options;
    this.#delay = settling + options.random() * spread;
  }

  start(): void {
    const every = this.#options.lookEvery ?? 300_000;
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => (this.#looking = undefined));
    }, every).unref();
  }

  /** Sends what is due. Never rejects: what fails comes again. */
  async look(): Promise<void> {
    const { store, isOn, now, log } = this.#options;
    if (!isOn()) return;
    const today = beginOf(dayOf(now()));
    if (now() < today + this.#delay) return;
    try {
      for (const back of daysBack) await this.#reportDay(dayOf(today - back * dayLength));
      await store.dropBefore(dayOf(today - Math.max(...daysBack) * dayLength));
    } catch (error) {
      const why = errorText(error);
      log.warn({ event: "tls-reports-failed" }, `reports of TLS wait for the store: ${why}`);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #reportDay(day: string): Promise<void> {
    const { store } = this.#options;
    let page: readonly Domain[];
    let after = "";
    do {
      page = await store.unreported(day, after, pageSize);
      for (const domain of page) {
        if (this.#isClosed) return;
        await this.#report({ day, domain });
        await delay(pace);
        after = domain;
      }
    } while (page.length === pageSize);
  }

  async #report(key: ReportKey): Promise<void> {
    const { store, places, write, now, onKept, log } = this.#options;
    if (!(await store.begin(key, now(), now() - lapse))) return;
    const found = await places(key.domain);
    if (!found.ok) return this.#tellLater(key, found.problem);
    if (found.value === undefined) return void (await store.finish(key, now(), undefined));
    const { mail, web } = found.value;
    const report = write(key, await store.sessions(key));
    const posted = await this.#post(web, report.octets);
    if (mail.length === 0 && !posted.ok) return this.#tellLater(key, posted.problem);
    const letter = mail.length === 0 ? undefined : await report.mailTo(mail);
    if (!(await store.finish(key, now(), letter))) return;
    if (letter !== undefined) onKept(letter);
    const fields = { event: "tls-report", ...key, mail: mail.length, web: web.length };
    log.info(fields, `a report of TLS on ${key.day} goes to ${key.domain}`);
  }

  /** Good where one of them has it. */
  async #post(urls: readonly string[], report: Uint8Array): Promise<Result<undefined, string>> {
    const { post } = this.#options;
    const posted = await Promise.all(urls.map((url) => post(url, report)));
    return posted.find(({ ok }) => ok) ?? posted[0] ?? { ok: false, problem: "it names no place" };
  }

  #tellLater({ day, domain }: ReportKey, why: string): void {
    const text = `the report of TLS on ${day} to ${domain} waits: ${why}`;
    this.#options.log.warn({ event: "tls-report-waits", day, domain }, text);
  }
}
