// A bounded number of connections, and what waits for one of them. Units that wait together go
// together, in one transaction; what fails for one unit's sake is tried again without it.

import { setTimeout as delay } from "node:timers/promises";
import type { Histogram } from "../../../core/metrics/histogram.ts";
import type { StepResult } from "../engine.ts";
import { StoreError, type StoreProblem } from "../error.ts";
import type { MysqlPlace } from "./place.ts";
import { isCollision, isConnectionLost, isCrowded, OutOfTime, problemOf } from "./problem.ts";
import { type Session, within } from "./session.ts";
import { transact, Uncertain, type Unit } from "./transaction.ts";

export interface LanesOptions {
  /** Connections at most. */
  readonly connections: number;
  /** Units in one transaction at most. */
  readonly together: number;
  readonly open: () => Promise<Session>;
  /** Counts the seconds of each transaction that came to its end; absent where nothing is written. */
  readonly times?: Histogram;
  /** For messages. */
  readonly place: MysqlPlace;
}

interface Waiting {
  readonly unit: Unit;
  readonly octets: number;
  readonly resolve: (results: readonly StepResult[]) => void;
  readonly reject: (error: StoreError) => void;
}

interface Failure {
  readonly error: unknown;
  /** The connection was an old one, and nothing was decided on it. */
  readonly isStale: boolean;
  /** The server takes no connection, or does not answer. */
  readonly isAway: boolean;
}

/** Octets of a transaction at which no further unit joins it. */
const groupOctets = 4 * 1024 * 1024;
/** Milliseconds that a transaction may take: a server that hangs must not hang us. */
const transactionTime = 30_000;
/** How often units are tried that collide with others: each time it is less likely. */
const collisions = 8;
/** Milliseconds for which a server that had no room for a further connection is not asked for one. */
const narrowFor = 60_000;
/** Idle connections are kept for a burst, then one after the other goes. */
const keepIdle = 60_000;

export class Lanes {
  readonly #options: LanesOptions;
  #waiting: Waiting[] = [];
  #idle: Session[] = [];
  #busy = 0;
  #isScheduled = false;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #transactions = 0;
  #units = 0;
  #underWay = 0;
  #reaper: NodeJS.Timeout | undefined;
  /** Connections at most, until then, by performance.now(). */
  #narrow = { connections: 0, until: 0 };

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  get statistics(): Readonly<Record<"units" | "transactions" | "waiting", number>> {
    return {
      units: this.#units,
      transactions: this.#transactions,
      waiting: this.#waiting.length + this.#underWay,
    };
  }

  run(unit: Unit, octets: number): Promise<readonly StepResult[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, octets, resolve, reject });
      this.#schedule();
    });
  }

  /** Waits for what is under way or waits. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    if (this.#busy > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    clearInterval(this.#reaper);
    for (const session of this.#idle.splice(0)) session.end();
  }

  /** At the end of this turn of the event loop: what it brings goes together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#waiting.length > 0 && this.#busy < this.#limit) {
        void this.#work(this.#nextGroup());
      }
    });
  }

  get #limit(): number {
    const { connections, until } = this.#narrow;
    return performance.now() < until ? connections : this.#options.connections;
  }

  /** All that waits, within bounds: what comes meanwhile goes over the next connection. */
  #nextGroup(): readonly Waiting[] {
    const { together } = this.#options;
    let octets = 0;
    const end = this.#waiting.findIndex((one, index) => {
      octets += one.octets;
      return index > 0 && (index >= together || octets > groupOctets);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #work(group: readonly Waiting[]): Promise<void> {
    this.#busy++;
    this.#underWay += group.length;
    await this.#attempt(group);
    this.#busy--;
    this.#underWay -= group.length;
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#busy === 0) this.#onEmpty?.();
  }

  /** Settles all of the group, sooner or later. */
  async #attempt(group: readonly Waiting[], tries = 1): Promise<void> {
    const failure = await this.#try(group);
    if (failure === undefined) return;
    const problem = problemOf(causeOf(failure.error), this.#options.place);
    const isOfOneUnit = problem.kind === "conflict" || problem.kind === "refused";
    if (isCollision(failure.error) && tries < collisions) {
      await delay(Math.random() * 5 * 2 ** tries);
      return this.#halves(group, tries + 1);
    }
    if (isOfOneUnit && group.length > 1) return this.#halves(group, tries);
    // It may have been closed while it was idle. A new one tells.
    if (failure.isStale) return this.#attempt(group, tries);
    if (isCrowded(failure.error) && this.#busy > 1) return this.#leaveToOthers(group);
    this.#units += group.length;
    for (const { reject } of group) reject(new StoreError(problem));
    if (failure.isAway) this.#giveUp(problem);
  }

  async #halves(group: readonly Waiting[], tries: number): Promise<void> {
    if (group.length === 1) return this.#attempt(group, tries);
    const half = group.length >> 1;
    await this.#attempt(group.slice(0, half), tries);
    await this.#attempt(group.slice(half), tries);
  }

  async #try(group: readonly Waiting[]): Promise<Failure | undefined> {
    const idle = this.#takeIdle();
    let session = idle;
    try {
      session ??= await this.#options.open();
      this.#transactions++;
      const units = group.map(({ unit }) => unit);
      const begun = performance.now();
      const results = await within(transactionTime, transact(session, units));
      this.#options.times?.observe((performance.now() - begun) / 1000);
      this.#units += group.length;
      for (const [index, { resolve }] of group.entries()) resolve(results[index] ?? []);
      this.#giveBack(session);
      return undefined;
    } catch (error) {
      const isLate = error instanceof OutOfTime;
      // What is late must not go on, should its answer come after all.
      if (isLate) session?.destroy();
      else await this.#clearUp(session);
      return {
        error,
        isStale: idle !== undefined && isConnectionLost(error) && !isLate,
        isAway: session === undefined || isLate,
      };
    }
  }

  /** A transaction that failed is undone, so that its locks go; a connection on which that fails is
   * not trusted. */
  async #clearUp(session: Session | undefined): Promise<void> {
    if (session === undefined) return;
    if (session.isOver) return session.destroy();
    try {
      await within(1_000, session.command("ROLLBACK"));
      this.#giveBack(session);
    } catch {
      session.destroy();
    }
  }

  #takeIdle(): Session | undefined {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (!session.isOver) return session;
      session.destroy();
    }
    return undefined;
  }

  #giveBack(session: Session): void {
    if (this.#isClosed && this.#waiting.length === 0) return session.end();
    this.#idle.push(session);
    this.#reaper ??= setInterval(() => {
      if (this.#idle.length > 1) this.#idle.shift()?.end();
    }, keepIdle).unref();
  }

  /** The server takes no further connection: those that stand must do. */
  #leaveToOthers(group: readonly Waiting[]): void {
    this.#narrow = { connections: this.#busy - 1, until: performance.now() + narrowFor };
    this.#waiting.unshift(...group);
  }

  /** What waits would find the server no better. */
  #giveUp(problem: StoreProblem): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new StoreError(problem));
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Uncertain ? error.cause : error;
}
