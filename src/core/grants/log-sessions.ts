// From the lines of a log to logins and logouts: which line ends which session.

import type { IpAddress } from "../mail/ip.ts";
import type { LogEvent } from "./log-formats/event.ts";
import { RecentMap } from "./recent-map.ts";

export type LogNews =
  | {
      readonly kind: "login";
      readonly client: IpAddress;
      readonly account: string | undefined;
      /** Absent where no line will tell of its end. */
      readonly session?: string;
      readonly at: number;
    }
  | { readonly kind: "logout"; readonly session: string; readonly at: number };

interface OpenSession {
  /** Of no other session, and the same when the line is read again. */
  readonly id: string;
  readonly names: readonly string[];
}

/** Sessions whose end has not been seen; beyond that the oldest counts as ended. */
const mostOpen = 20_000;

/** Longer names are nobody's. */
const longestName = 150;

/** Ends that came before their beginnings: another process may log the login (Dovecot's imap-login), and
 * be later with it. So many are remembered, and count for a login of so many milliseconds after. */
const mostEarly = 1_000;
const earlyWithin = 2_000;

export class LogSessions {
  readonly #open = new Map<string, OpenSession>();
  readonly #byName = new Map<string, readonly OpenSession[]>();
  readonly #early = new RecentMap<number>(mostEarly);

  /** What the line tells those who wait for logins, in order.
   * @param at UTC milliseconds */
  note(event: LogEvent, at: number): readonly LogNews[] {
    switch (event.kind) {
      case "login":
        return this.#begin(event, at);
      case "logout": {
        // Where several go by one name, the first to come is the first to go.
        const session = this.#byName.get(event.session)?.[0];
        if (session !== undefined) return [this.#end(session, at)];
        if (event.session.length <= longestName) this.#early.set(event.session, at);
        return [];
      }
      case "restart":
        return [...this.#open.values()].map((session) => this.#end(session, at));
    }
  }

  #begin(event: Extract<LogEvent, { kind: "login" }>, at: number): readonly LogNews[] {
    const { client, account, session: names, alone } = event;
    const [first] = names;
    if (first === undefined || names.some((name) => name.length > longestName)) {
      return [{ kind: "login", client, account, at }];
    }
    const before = alone ? (this.#byName.get(first) ?? []) : [];
    const ended = before.map((session) => this.#end(session, at));
    const session = this.#add(first, names, at);
    const [oldest] = this.#open.values();
    if (this.#open.size > mostOpen && oldest !== undefined) ended.push(this.#end(oldest, at));
    const login = { kind: "login", client, account, session: session.id, at } as const;
    return [...ended, login, ...(alone ? this.#endEarly(session, first, at) : [])];
  }

  #add(first: string, names: readonly string[], at: number): OpenSession {
    let id = `${first}@${at}`;
    for (let count = 2; this.#open.has(id); count++) id = `${first}@${at}.${count}`;
    const session = { id, names };
    this.#open.set(id, session);
    for (const name of names) {
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), session]);
    }
    return session;
  }

  /** Of a name that is one session's alone: under another, it may be somebody else who has left. */
  #endEarly(session: OpenSession, name: string, at: number): readonly LogNews[] {
    const early = this.#early.get(name);
    if (early === undefined) return [];
    this.#early.delete(name);
    return Math.abs(at - early) > earlyWithin ? [] : [this.#end(session, Math.max(at, early))];
  }

  #end(session: OpenSession, at: number): LogNews {
    this.#open.delete(session.id);
    for (const name of session.names) {
      const left = (this.#byName.get(name) ?? []).filter((other) => other !== session);
      if (left.length > 0) this.#byName.set(name, left);
      else this.#byName.delete(name);
    }
    return { kind: "logout", session: session.id, at };
  }
}
