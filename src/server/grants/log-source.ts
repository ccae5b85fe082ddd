// The log of another server as a source of grants: its lines are followed, and the logins in them told.

import { setImmediate as turn } from "node:timers/promises";
import { accountKey } from "../../core/mail/account-key.ts";
import type { RoamingLogSettings } from "../../core/config/roaming-source-settings.ts";
import { type LogEvent, longestLine } from "../../core/grants/log-formats/event.ts";
import { logFormats } from "../../core/grants/log-formats/formats.ts";
import { readLogTime } from "../../core/grants/log-formats/log-time.ts";
import { readOwnMatch } from "../../core/grants/log-formats/own-pattern.ts";
import { type LogNews, LogSessions } from "../../core/grants/log-sessions.ts";
import { canRoam } from "../../core/grants/relay-row.ts";
import { type FollowState, followFile } from "../../io/logs/follow-file.ts";
import { createOwnMatcher } from "../../io/logs/own-matcher.ts";
import type { Log } from "../log.ts";
import type { GrantDesk } from "./grants.ts";
import { fromLocalTime } from "./local-time.ts";

export interface LogSourceOptions {
  readonly settings: RoamingLogSettings;
  /** Milliseconds for which a login counts. */
  readonly lifetime: () => number;
  readonly desk: GrantDesk;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly log: Log;
}

export interface LogSource {
  /** Resolves when nothing more is told.
   * @param isForGood nobody will tell of the ends of sessions any more: they count as ended */
  close(isForGood: boolean): Promise<void>;
}

/** Milliseconds between two looks at the file: whoever reads mail and sends at once comes after. */
const lookEvery = 250;

/** Octets of what was there before: logins shortly before a restart count. */
const readBack = 4 * 1024 * 1024;

/** Logins after which others have their turn. */
const batch = 200;

/** Begins in the background: a file that is missing holds nothing up. */
export function startLogSource(options: LogSourceOptions): LogSource {
  const source = new Source(options);
  const { settings } = options;
  const follower = followFile({
    path: settings.file,
    interval: lookEvery,
    readBack,
    longestLine,
    onLines: (lines, isOld) => source.read(lines, isOld),
    onState: (state) => source.tell(state),
  });
  return {
    async close(isForGood) {
      await follower.close();
      if (isForGood) await source.endAll();
    },
  };
}

class Source {
  readonly #options: LogSourceOptions;
  readonly #sessions = new LogSessions();
  readonly #eventsIn: (lines: readonly string[]) => readonly (LogEvent | undefined)[];
  /** Of old lines, until all of them have been read. */
  #old: LogNews[] = [];
  #isLateSaid = false;

  constructor(options: LogSourceOptions) {
    this.#options = options;
    const { reads } = options.settings;
    if ("format" in reads) {
      const format = logFormats[reads.format];
      this.#eventsIn = (lines) => lines.map(format);
    } else {
      const matcher = createOwnMatcher(reads.pattern, options.elapsed);
      this.#eventsIn = (lines) =>
        matcher.match(lines).map((match) => {
          if (match === "late") this.#complainOfPattern();
          return typeof match === "object" ? readOwnMatch(match) : undefined;
        });
    }
  }

  async read(lines: readonly string[], isOld: boolean): Promise<void> {
    const context = { now: this.#options.now(), fromLocal: fromLocalTime };
    for (const [index, event] of this.#eventsIn(lines).entries()) {
      if (event === undefined) continue;
      const written = readLogTime(lines[index] ?? "", context);
      // Nobody knows when an old line without a time was written.
      if (written === undefined && isOld) continue;
      const at = Math.min(written ?? context.now, context.now);
      for (const news of this.#sessions.note(event, at)) {
        if (isOld) this.#old.push(news);
        else await this.#pass(news);
      }
    }
  }

  async endAll(): Promise<void> {
    for (const news of this.#sessions.note({ kind: "restart" }, this.#options.now())) {
      await this.#pass(news);
    }
  }

  async tell(state: FollowState): Promise<void> {
    const { settings, log } = this.#options;
    const { file } = settings;
    switch (state.state) {
      case "follows":
        await this.#passOld();
        log.info({ event: "log-followed", file }, `logins are read from ${file}`);
        return;
      case "missing": {
        const text = `there is no file ${file} yet; logins are read from it as soon as there is one`;
        log.warn({ event: "log-missing", file }, text);
        return;
      }
      case "unreadable":
        log.error(
          { event: "log-unreadable", file },
          `${state.why}; it is tried again all the time`,
        );
        return;
    }
  }

  /** Of what was there before, what still counts: sessions that go on, and what is not long over. */
  async #passOld(): Promise<void> {
    const all = this.#old;
    this.#old = [];
    const ends = new Map(
      all.flatMap((news) => (news.kind === "logout" ? [[news.session, news.at]] : [])),
    );
    const oldest = this.#options.now() - this.#options.lifetime();
    for (const [index, news] of all.entries()) {
      if (index % batch === batch - 1) await turn();
      // The desk may know the session from before the restart: its end is told in any case.
      const isOver = news.kind === "login" && endOf(news, ends) <= oldest;
      if (!isOver) await this.#pass(news);
    }
  }

  async #pass(news: LogNews): Promise<void> {
    const { desk } = this.#options;
    if (news.kind === "logout") {
      await desk.closed({ source: "log", session: news.session, at: news.at });
      return;
    }
    const { kind: _, account, ...login } = news;
    // A webmail on this host logs in from here, all day long.
    if (!canRoam(login.client)) return;
    const who = account === undefined ? undefined : accountKey(account);
    await desk.opened({ source: "log", account: who, ...login });
  }

  #complainOfPattern(): void {
    if (this.#isLateSaid) return;
    this.#isLateSaid = true;
    const { settings, log } = this.#options;
    const text = `the pattern for ${settings.file} takes too long on some lines, so that logins are missed for up to a minute; make it simpler: no repetition inside another`;
    log.error({ event: "log-pattern-slow", file: settings.file }, text);
  }
}

/** When a login was over; never, of a session that goes on. */
function endOf(
  news: Extract<LogNews, { kind: "login" }>,
  ends: ReadonlyMap<string, number>,
): number {
  return news.session === undefined ? news.at : (ends.get(news.session) ?? Infinity);
}
