// One host among those that share a store: its number, and for how long what it holds is its own.
//
// A host holds a named lock of the server's, with a connection of its own, and writes down now and
// then that it is there. Whoever has not done so for a minute is taken to be gone: another host takes
// its messages over, and counts up its term. A host that was only paused, or cut off, notices in two
// ways: by its own clocks, before it begins anything, and by its term, at the next heartbeat.

import type { Step } from "../engine.ts";
import { errorText } from "../../../core/error-text.ts";
import { StoreError } from "../error.ts";
import type { SharingOptions } from "../sharing.ts";
import { hostLock, register } from "./registration.ts";
import type { MysqlPlace } from "./place.ts";
import { problemOf } from "./problem.ts";
import { serverTime } from "./server-time.ts";
import { openSession, type Session, within } from "./session.ts";

/** Milliseconds between heartbeats. */
const beatEvery = 5_000;
/** Milliseconds after a good heartbeat for which we trust that we are not taken to be gone: half of
 * what the others wait. */
const trusted = 30_000;
/** Milliseconds that a heartbeat may take. */
const beatTime = 4_000;
/** Seconds after which the server takes a silent connection's lock away. */
const silence = 40;

type Beat = "ours" | "taken over" | "lost";

/**
 * Takes a place among the hosts.
 * @throws {StoreError} `locked` where a host of that name is at work, or where there is no room
 */
export async function joinHosts(place: MysqlPlace, options: SharingOptions): Promise<Membership> {
  let session: Session | undefined;
  try {
    session = await openSession(place, { isolation: "read committed", idle: silence });
    const began = momentOf(options);
    const { number, term } = await register(session, place, options.name);
    return new Membership({ place, options, session, number, term, began });
  } catch (error) {
    session?.destroy();
    if (error instanceof StoreError) throw error;
    throw new StoreError(problemOf(error, place));
  }
}

interface Moment {
  readonly elapsed: number;
  readonly utc: number;
}

function momentOf({ clock }: SharingOptions): Moment {
  return { elapsed: clock.elapsed(), utc: clock.now() };
}

interface MembershipParts {
  readonly place: MysqlPlace;
  readonly options: SharingOptions;
  readonly session: Session;
  readonly number: number;
  readonly term: number;
  readonly began: Moment;
}

export class Membership {
  readonly number: number;
  readonly #place: MysqlPlace;
  readonly #options: SharingOptions;
  /** With the lock. */
  #session: Session | undefined;
  #term: number;
  /** Just before the last good heartbeat. */
  #good: Moment;
  #timer: NodeJS.Timeout;
  #isClosed = false;
  #isTold = false;

  constructor({ place, options, session, number, term, began }: MembershipParts) {
    this.#place = place;
    this.#options = options;
    this.#session = session;
    this.number = number;
    this.#term = term;
    this.#good = began;
    this.#timer = setTimeout(() => void this.#keepBeating(), beatEvery);
  }

  /** By both clocks: one may stand still while the machine sleeps, the other may be set. */
  term(): number | undefined {
    const { elapsed, utc } = momentOf(this.#options);
    const isFresh = elapsed - this.#good.elapsed < trusted;
    const isPlausible = Math.abs(utc - this.#good.utc) < trusted;
    return isFresh && isPlausible ? this.#term : undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#session?.destroy();
  }

  async #keepBeating(): Promise<void> {
    const late = new AbortController();
    try {
      const began = momentOf(this.#options);
      const beat = await within(beatTime, this.#beat(late.signal));
      if (beat === "lost") this.#tell("another server has our name in it, or our number");
      else this.#goOn(beat, began);
    } catch (error) {
      late.abort();
      this.#session?.destroy();
      this.#session = undefined;
      this.#tell(errorText(error));
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#keepBeating(), beatEvery);
  }

  #goOn(beat: Beat, began: Moment): void {
    this.#good = began;
    if (beat === "taken over") this.#options.tell({ kind: "taken-over" });
    else if (this.#isTold) this.#options.tell({ kind: "heard" });
    this.#isTold = false;
  }

  /** Once, however long it lasts. */
  #tell(why: string): void {
    if (this.#isTold || this.#isClosed) return;
    this.#isTold = true;
    this.#options.tell({ kind: "unheard", why });
  }

  /** @param late nobody waits for it any more */
  async #beat(late: AbortSignal): Promise<Beat> {
    const session = this.#session ?? (await this.#reopen(late));
    if (session === undefined) return "lost";
    this.#session = session;
    const { changes } = await session.execute(
      heartbeat(this.number, this.#options.name, this.#term),
    );
    if (changes === 1) return "ours";
    const {
      rows: [row],
    } = await session.execute(readTerm(this.number, this.#options.name));
    if (row === undefined) return "lost";
    this.#term = row.term;
    await session.execute(heartbeat(this.number, this.#options.name, this.#term));
    return "taken over";
  }

  /** Undefined where another one has our lock. */
  async #reopen(late: AbortSignal): Promise<Session | undefined> {
    const session = await openSession(this.#place, { isolation: "read committed", idle: silence });
    try {
      const isOurs = await hostLock(session, this.#place, this.#options.name);
      if (isOurs && !this.#isClosed && !late.aborted) return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
    session.destroy();
    return undefined;
  }
}

function heartbeat(number: number, name: string, term: number): Step {
  return {
    sql: `update node set heartbeat = ${serverTime} where number = ? and name = ? and term = ?`,
    parameters: [number, name, term],
  };
}

function readTerm(number: number, name: string): Step<{ readonly term: number }> {
  return {
    sql: "select term from node where number = ? and name = ?",
    parameters: [number, name],
  };
}
