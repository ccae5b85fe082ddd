// Tells the desk of the sessions that another server tells of. That server's news come again, late, in
// any order, or never: a session opens once and ends once here, a sign of it that comes behind its end
// opens nothing, and one that has been silent for long is over.

import type { GrantSource } from "../../core/grants/mailbox-login.ts";
import type { Sign } from "../../core/grants/told.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { GrantDesk, Opened } from "./grants.ts";

export interface ToldSessionsOptions {
  readonly source: GrantSource;
  readonly desk: GrantDesk;
  readonly clock: Clock;
  readonly bounds?: Partial<ToldBounds>;
}

interface ToldBounds {
  /** Milliseconds without a sign after which a session is over, from its last one on. A mail program
   * that waits for mail says so anew at least every 29 minutes (RFC 2177 §3). */
  readonly silence: number;
  /** Milliseconds for which the name of a session that is over is known. */
  readonly memory: number;
  /** Milliseconds before the desk hears of an end, in which it may turn out to have been none: that of
   * a session that was only put to sleep may be told first. */
  readonly settle: number;
  /** Milliseconds before the desk hears again of a session that goes on, or is asked
   * again about one that it has refused. */
  readonly again: number;
  /** Names of sessions; behind them, a login is taken for a session that is over at once. */
  readonly atMost: number;
  /** Milliseconds between two looks for sessions that are silent. */
  readonly lookEvery: number;
}

const minute = 60_000;

const defaultBounds: ToldBounds = {
  silence: 35 * minute,
  memory: 60 * minute,
  settle: 0,
  again: 10 * minute,
  atMost: 100_000,
  lookEvery: 10_000,
};

/** Somebody who reads mail, by the name of `accountKey`. */
export interface ToldReader {
  readonly account: string;
  readonly client: IpAddress;
  readonly session?: string;
  readonly software?: string;
}

interface Session {
  state: "open" | "asleep" | "refused" | "over";
  /** The last sign of it, or its end; monotonic, as all times here. */
  seen: number;
  /** When the desk heard of it last. */
  told: number;
  /** Of its opening; undefined where only its end was told. */
  opened: Promise<Opened> | undefined;
  /** Of its last end. */
  closed: Promise<boolean>;
  /** Runs until the desk hears of the end. */
  settling?: NodeJS.Timeout | undefined;
}

export class ToldSessions {
  readonly #options: ToldSessionsOptions;
  readonly #bounds: ToldBounds;
  readonly #sessions = new Map<string, Session>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ToldSessionsOptions) {
    this.#options = options;
    this.#bounds = { ...defaultBounds, ...options.bounds };
    this.#timer = setInterval(() => this.#sweep(), this.#bounds.lookEvery);
    this.#timer.unref();
  }

  /** Names that are known, those of sessions that are over included. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Resolves with what the desk has said of the session. */
  seen(sign: Sign, reader: ToldReader): Promise<Opened> {
    const { session: name } = reader;
    if (name === undefined) return this.#touch(reader);
    const session = this.#sessions.get(name);
    if (session === undefined) {
      return this.#sessions.size < this.#bounds.atMost
        ? this.#open(name, reader, stateAfter(sign, "open"))
        : this.#touch(reader);
    }
    const { state } = session;
    if (state === "over") return this.#afterEnd(name, session, sign, reader);
    if (this.#isPast(session.told, this.#bounds.again)) {
      return this.#open(name, reader, stateAfter(sign, state));
    }
    this.#mark(session, state === "refused" ? state : stateAfter(sign, state));
    return session.opened ?? this.#touch(reader);
  }

  /** Resolves with whether the desk knew the session. */
  ended(name: string): Promise<boolean> {
    const session = this.#sessions.get(name);
    if (session?.state === "over") return session.closed;
    // What served it ends, and it goes on.
    if (session?.state === "asleep") return Promise.resolve(true);
    return this.#close(name, session);
  }

  /** What is about to be told is told now. */
  close(): void {
    clearInterval(this.#timer);
    for (const [name, session] of this.#sessions) {
      if (this.#stopSettling(session)) void this.#tellEnd(name, session);
    }
  }

  /** The end may come before the login, for they are told by different processes. A session that is
   * put to sleep, or woken, was not over. */
  #afterEnd(name: string, session: Session, sign: Sign, reader: ToldReader): Promise<Opened> {
    if (sign === "asleep" || sign === "awake") {
      if (this.#stopSettling(session) && session.opened !== undefined) {
        this.#mark(session, stateAfter(sign, "open"));
        return session.opened;
      }
      return this.#open(name, reader, stateAfter(sign, "open"));
    }
    if (sign === "begun") session.opened ??= this.#touch(reader);
    return session.opened ?? Promise.resolve({ granted: false, why: "the session is over" });
  }

  #open(name: string, reader: ToldReader, state: "open" | "asleep"): Promise<Opened> {
    const { source, desk, clock } = this.#options;
    const before = this.#sessions.get(name);
    const at = clock.now();
    const opened = settled(before).then(() => desk.opened({ source, ...reader, at }));
    const closed = before?.closed ?? Promise.resolve(false);
    const seen = clock.elapsed();
    const session: Session = { state, seen, told: seen, opened, closed };
    this.#sessions.set(name, session);
    return opened.then((answer) => {
      if (!answer.granted && session.state !== "over") session.state = "refused";
      return answer;
    });
  }

  /** A login whose session is over as soon as it began. */
  #touch({ account, client, software }: ToldReader): Promise<Opened> {
    const { source, desk, clock } = this.#options;
    const called = software === undefined ? {} : { software };
    return desk.opened({ source, account, client, ...called, at: clock.now() });
  }

  #close(name: string, before: Session | undefined): Promise<boolean> {
    const { settle, atMost } = this.#bounds;
    const seen = this.#options.clock.elapsed();
    const unheard = { seen, told: seen, opened: undefined, closed: Promise.resolve(false) };
    const session: Session = before ?? { state: "over", ...unheard };
    this.#mark(session, "over");
    if (before === undefined && this.#sessions.size >= atMost) return this.#tellEnd(name, session);
    this.#sessions.set(name, session);
    if (settle === 0) return this.#tellEnd(name, session);
    session.settling = setTimeout(() => void this.#tellEnd(name, session), settle).unref();
    return Promise.resolve(before !== undefined);
  }

  #tellEnd(name: string, session: Session): Promise<boolean> {
    const { source, desk, clock } = this.#options;
    const at = clock.now() - (clock.elapsed() - session.seen);
    this.#stopSettling(session);
    const before = settled(session);
    session.closed = before.then(() => desk.closed({ source, session: name, at }));
    return session.closed;
  }

  /** Whether an end was about to be told. */
  #stopSettling(session: Session): boolean {
    const { settling } = session;
    clearTimeout(settling);
    session.settling = undefined;
    return settling !== undefined;
  }

  #mark(session: Session, state: Session["state"]): void {
    const { clock } = this.#options;
    session.state = state;
    session.seen = clock.elapsed();
  }

  #isPast(moment: number, after: number): boolean {
    return this.#options.clock.elapsed() - moment >= after;
  }

  #sweep(): void {
    for (const [name, session] of this.#sessions) {
      const { state, seen } = session;
      const { silence, memory } = this.#bounds;
      if (!this.#isPast(seen, state === "over" ? memory : silence)) continue;
      // Forgotten, so that its next sign opens it again.
      this.#sessions.delete(name);
      if (state !== "over") void this.#tellEnd(name, session);
    }
  }
}

/** What is said to the desk of one session is said in its order. */
function settled(session: Session | undefined): Promise<unknown> {
  return Promise.all([session?.opened, session?.closed]);
}

function stateAfter(sign: Sign, before: Session["state"]): "open" | "asleep" {
  switch (sign) {
    case "asleep":
      return "asleep";
    case "awake":
      return "open";
    // A command that was finished before the session was put to sleep may be told behind it.
    case "begun":
    case "alive":
      return before === "asleep" ? "asleep" : "open";
  }
}
