// Wires reports of TLS: what is counted of deliveries, and to whom it is told.

import type { Domain } from "../../core/mail/domain.ts";
import { bad, good } from "../../core/result.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import { readReportRecord } from "../../core/tls-report/record.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import { postReport } from "../../io/tls-reports/post-report.ts";
import type { TlsEvent } from "../../server/delivery/mx-terms.ts";
import type { Queue } from "../../server/delivery/queue.ts";
import type { Log } from "../../server/log.ts";
import { TlsReporter } from "../../server/tls-reports/reporter.ts";
import { sessionOf, sessionWithoutPolicy } from "../../server/tls-reports/session-of.ts";
import { SessionTally } from "../../server/tls-reports/tally.ts";
import { type ReportWriting, writeReport } from "../../server/tls-reports/write-report.ts";
import { addresseeIn } from "./addressee.ts";
import { createHttpsWays } from "./https-ways.ts";
import { isInside } from "../../server/inside.ts";
import type { Policy } from "./policy.ts";

export interface TlsReports {
  readonly onTls: (event: TlsEvent) => void;
  readonly onFetchFailed: (domain: Domain, failure: TlsFailure) => void;
  start(queue: Pick<Queue, "take">): void;
  close(): Promise<void>;
}

export interface TlsReportsOptions {
  readonly store: Pick<Store, "tlsReports">;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly nextId: () => number;
  /** Fields to stand at the top of a mail of our own, which sign it. Never rejects. */
  readonly signNotice?: (content: Uint8Array) => Promise<string>;
  readonly log: Log;
  /** Milliseconds between two looks at what is due; by default five minutes. */
  readonly lookEvery?: number;
}

export function createTlsReports(options: TlsReportsOptions): TlsReports {
  const { store, policy, clock, random, nextId, signNotice: sign, log, lookEvery } = options;
  const { now } = clock;
  const stopped = new AbortController();
  const ways = {
    ...createHttpsWays({ policy, clock, stopped: stopped.signal }),
    isBarred: isInside,
  };
  const tally = new SessionTally({ store: store.tlsReports, now, log });
  const settings = () => policy().settings.tlsReports;
  let queue: Pick<Queue, "take"> | undefined;

  function writing(): ReportWriting {
    const current = settings();
    if (current === undefined) throw new Error("a report was written that nobody wants");
    const { directory, settings: all } = policy();
    const addressee = addresseeIn(directory);
    return { hostname: all.hostname, settings: current, nextId, addressee, sign, now };
  }

  const reporter = new TlsReporter({
    store: store.tlsReports,
    isOn: () => settings() !== undefined,
    async places(domain) {
      const answer = await policy().resolver.txt(`_smtp._tls.${domain}`);
      return answer.kind === "unknown" ? bad(answer.why) : good(readReportRecord(answer.texts));
    },
    write: (key, sessions) => writeReport(key, sessions, writing()),
    post: (url, report) => postReport(url, report, ways),
    onKept: (mail) => queue?.take(mail, { chunks: mail.content, release() {} }),
    now,
    random,
    ...(lookEvery !== undefined && { lookEvery }),
    log,
  });
  return {
    onTls(event) {
      if (settings() !== undefined) tally.note(sessionOf(event));
    },
    onFetchFailed(domain, failure) {
      if (settings() !== undefined) tally.note(sessionWithoutPolicy(domain, failure));
    },
    start(started) {
      queue = started;
      reporter.start();
    },
    async close() {
      stopped.abort();
      await Promise.all([reporter.close(), tally.close()]);
    },
  };
}
