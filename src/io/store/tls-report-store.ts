// What the store does for reports of TLS: the contract for the server, free of any engine.

import type { Domain } from "../../core/mail/domain.ts";
import type { NewMessage } from "../../core/queue/message.ts";
import type { SessionCount } from "../../core/tls-report/session.ts";

export interface ReportKey {
  /** In UTC: `2026-11-26`. */
  readonly day: string;
  /** The domain that the mail of the sessions went to, which is told of them. */
  readonly domain: Domain;
}

/** Sessions that went alike. */
export interface DaysSessions extends SessionCount, ReportKey {}

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface TlsReportStore {
  /** Adds to what is counted; all of it or nothing. */
  count(sessions: readonly DaysSessions[]): Promise<void>;
  /** Domains with sessions of that day of which no report is done, in their order behind `after`. */
  unreported(day: string, after: Domain, limit: number): Promise<readonly Domain[]>;
  /** Makes the report this host's to send; false where another one has it, or it is done. One that was
   * begun before `lapsed` and is not done is anybody's again. Times are UTC milliseconds. */
  begin(key: ReportKey, now: number, lapsed: number): Promise<boolean>;
  sessions(key: ReportKey): Promise<readonly SessionCount[]>;
  /** Ends the report, in one commit with the mail that carries it; nothing is kept, and false, where it
   * is done already. */
  finish(key: ReportKey, now: number, mail: NewMessage | undefined): Promise<boolean>;
  /** Forgets what was counted before that day, and which reports were sent. */
  dropBefore(day: string): Promise<void>;
}
