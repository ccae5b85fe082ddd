// All destinations: which ones are down, when to try them again and with which message, and who comes
// next where there is room again.

import { flowOf, flowPlace, urgentPlace } from "../../core/queue/flow.ts";
import type { PlaceInLine } from "../../core/queue/message.ts";
import { errorText } from "../../core/error-text.ts";
import type { LastWords, LinedMessage, LineStore } from "../../io/store/line-store.ts";
import type { Log } from "../log.ts";
import { Line } from "./line.ts";
import { LineNumbers } from "./line-numbers.ts";
import { hasRoom, lineBatch, type Room, wantsMore } from "./room.ts";
import { type Target, targetName } from "./target.ts";

/** Where a message comes from: it has just been kept, the store says that it is due, or it has stood
 * in line. */
export type Source = "fresh" | "due" | "line";

export interface LinesOptions {
  readonly store: LineStore;
  /** This host's number; 0 where it is alone. */
  readonly node: number;
  readonly room: () => Room;
  readonly isActive: (id: number) => boolean;
  /** Puts a message that stood in line into delivery; false where none can begin now. */
  readonly begin: (message: LinedMessage) => boolean;
  /** Settles messages whose time is over, without a try. */
  readonly expire: (message: LinedMessage, line: Line) => Promise<void>;
  /** The key of the way that a message's recipients in a line take now. */
  readonly keysOf: (message: LinedMessage) => ReadonlySet<string>;
  /** Names the configuration by which mail finds its way. */
  readonly ways: () => string;
  readonly retry: () => readonly number[];
  /** Asks for a look at that time at the latest, UTC ms. */
  readonly by: (time: number) => void;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** Messages whose time is over, settled at once. */
const expireBatch = 200;
/** Those at the head of a line may be in delivery for other recipients: so many are looked at. */
const probeBatch = 50;
/** Wait before another look where the store or its answer was of no use, in ms. */
const lookLater = 5_000;
/** Wait before a line is asked for again that had nothing new, in ms. */
const restTime = 1_000;
/** Destinations without work that are remembered. */
const idleLines = 1_000;

export class Lines {
  readonly #options: LinesOptions;
  readonly #lines = new Map<string, Line>();
  readonly #numbers: LineNumbers;
  /** Messages that ended while the store was asked: its answer may still name them. */
  readonly #questions = new Set<Set<number>>();
  #stopped = false;

  constructor(options: LinesOptions) {
    this.#options = options;
    this.#numbers = new LineNumbers(options.node);
  }

  /** Reads what is known from before. Lines to which mail goes no more by the present configuration
   * are dissolved meanwhile. */
  async open(): Promise<void> {
    const { store, ways, by, now } = this.#options;
    const stored = await store.all();
    const inUse = (await store.inUse()).filter((number) => this.#numbers.isOurs(number));
    this.#numbers.after(Math.max(0, ...inUse, ...stored.map(({ number }) => number)));
    const known = new Set(stored.map(({ number }) => number));
    for (const number of inUse) if (!known.has(number)) void this.#dissolve(number, 0);
    for (const one of stored) {
      const { key, name, number, standing } = one;
      if (one.ways === ways() && !this.#lines.has(key)) {
        this.#lines.set(key, new Line(key, name, one));
      } else {
        void this.#dissolve(number, standing.clock);
      }
    }
    by(now());
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The line of a target; undefined for mailboxes, and where nothing is sent. */
  of(target: Target, key: string): Line | undefined {
    if (target.kind === "mailbox" || target.kind === "nowhere") return undefined;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new Line(key, targetName(target));
      line.ways = this.#options.ways();
      this.#lines.set(key, line);
    }
    return line;
  }

  find(key: string): Line | undefined {
    return this.#lines.get(key);
  }

  all(): Iterable<Line> {
    return this.#lines.values();
  }

  /** Whether a message may go on its way now. Where its destination is down and the next try is due, it
   * is that try. */
  admits(line: Line, flow: string, source: Source): boolean {
    const { outage } = line;
    if (outage === undefined)
      return source === "line" || hasRoom(this.#options.room(), line, flow, false);
    if (!line.isTryDue(this.#options.now(), this.#options.retry())) return false;
    line.isProbing = true;
    return true;
  }

  /** Whether a message that has just come has to be left aside, for want of room. */
  hasRoom(line: Line, flow: string): boolean {
    return line.outage !== undefined || hasRoom(this.#options.room(), line, flow, false);
  }

  /** A place for a message that has to stand.
   * @param left until its sender is to be told, in ms
   * @param before the place that it had */
  place(
    line: Line,
    { flow, priority }: { readonly flow: string; readonly priority: number },
    left: number,
    before: number | undefined,
  ): PlaceInLine {
    const { key, name } = line;
    line.number ??= this.#numbers.next();
    const from = line.clock(this.#options.now());
    const until = from + Math.max(0, left);
    line.expect(until);
    const place = before ?? urgentPlace(line.places.next(flow), priority);
    return { line: { number: line.number, key, name }, place, from, until };
  }

  /** A try has failed. */
  failed(line: Line, lastWords: LastWords): void {
    const { now, random, retry, by, log } = this.#options;
    if (line.outage === undefined) {
      const fields = { event: "destination-down", destination: line.name, ...lastWords };
      log.info(fields, "a destination is down: its messages wait for it");
    }
    line.isProbing = false;
    line.fail({ now: now(), jitter: random(), retry: retry() }, lastWords);
    if (line.outage) by(line.outage.nextTry);
  }

  /** A connection that takes mail has come about. */
  succeeded(line: Line): void {
    const { log } = this.#options;
    line.isProbing = false;
    if (line.outage === undefined) return;
    const fields = { event: "destination-up", destination: line.name, since: line.outage.since };
    line.recover();
    log.info(fields, "a destination takes mail again");
    if (line.number !== undefined) void this.#save(line);
  }

  /** After a failed try whose own messages have been settled: tells the senders of those whose time is
   * over, and plans the next try. */
  async settleOutage(line: Line): Promise<void> {
    const { store, retry, by } = this.#options;
    const { number } = line;
    if (number === undefined) return;
    try {
      await this.#expire(line, number);
      line.planFor(await store.earliestUntil(number), retry());
    } catch (error) {
      this.#complain(error);
    }
    await this.#save(line);
    if (line.outage !== undefined) by(line.outage.nextTry);
  }

  /** Tries what is due to be tried, and brings messages where there is room. */
  look(): void {
    const { now, retry, by } = this.#options;
    const at = now();
    const waits = retry();
    for (const line of this.#lines.values()) {
      if (line.isTryDue(at, waits)) void this.#probe(line);
      else if (line.outage === undefined) this.#attend(line);
      // A try that is under way is waited for, however long it takes.
      else if (!line.isProbing) by(line.outage.nextTry);
    }
  }

  /** A message has left delivery, on its way through that line. */
  left(line: Line): void {
    if (line.isWaitedFor && line.outage === undefined) this.#attend(line);
    else if (line.isIdle) this.#forget(line);
  }

  ended(id: number): void {
    for (const question of this.#questions) question.add(id);
  }

  /** Back-offs are forgotten: of these lines, or of all. */
  tryNow(numbers?: ReadonlySet<number>): void {
    const now = this.#options.now();
    for (const line of this.#lines.values()) {
      if (numbers === undefined || (line.number !== undefined && numbers.has(line.number))) {
        line.tryNow(now);
      }
    }
    this.#options.by(now);
  }

  /** Learns from the store which back-offs an operator has forgotten on another host. */
  async refresh(): Promise<void> {
    try {
      const stored = await this.#options.store.all();
      const soon = stored.filter(({ standing }) => standing.outage?.nextTry === 0);
      if (soon.length > 0) this.tryNow(new Set(soon.map(({ number }) => number)));
    } catch (error) {
      this.#complain(error);
    }
  }

  /** The configuration has changed: all are tried at once, and where mail may go other ways now,
   * nobody stands in a line of before. */
  reroute(): void {
    const ways = this.#options.ways();
    for (const line of this.#lines.values()) if (line.ways !== ways) this.#renew(line);
    this.tryNow();
  }

  /** Who stands in it leaves it; who comes new stands in another of the same destination. */
  #renew(line: Line): void {
    const { number } = line;
    const clock = line.clock(this.#options.now());
    line.ways = this.#options.ways();
    line.number = undefined;
    line.isWaitedFor = false;
    if (number !== undefined) void this.#dissolve(number, clock);
  }

  async #probe(line: Line): Promise<void> {
    const { isActive, by, now } = this.#options;
    const found = await this.#ask(line, probeBatch);
    if (found === undefined || line.outage === undefined || line.isProbing) return;
    const [first] = found;
    const next = found.find(({ id }) => !isActive(id));
    if (first === undefined) {
      // Nobody waits for it any more: the next message finds out for itself.
      line.recover();
      if (line.isIdle) this.#forget(line);
    } else if (next === undefined) {
      by(now() + lookLater);
    } else {
      this.#begin(line, next);
    }
  }

  #attend(line: Line): void {
    const { room, now } = this.#options;
    if (!line.isWaitedFor) {
      if (line.isIdle) this.#forget(line);
    } else if (wantsMore(room(), line) && (line.active.messages === 0 || line.mayAsk(now()))) {
      void this.#fill(line);
    }
  }

  /** Brings the next messages of a line into delivery. */
  async #fill(line: Line): Promise<void> {
    const { isActive, by, now } = this.#options;
    const { stood } = line;
    const found = await this.#ask(line, line.active.recipients + lineBatch);
    if (found === undefined || line.outage !== undefined) return;
    const fresh = found.filter(({ id }) => !isActive(id));
    let begun = 0;
    for (const message of fresh) {
      if (!this.#mayFollow(line, message)) continue;
      if (!this.#begin(line, message)) return;
      begun++;
    }
    if (found.length === 0 && line.stood === stood) line.isWaitedFor = false;
    else if (begun === 0) {
      // In delivery already, or without room: the answer will be the same for a while.
      line.rest(now() + restTime);
      by(now() + restTime);
    }
    if (line.isIdle) this.#forget(line);
  }

  #mayFollow(line: Line, message: LinedMessage): boolean {
    if (line.outage !== undefined) return false;
    return line.active.messages === 0 || hasRoom(this.#options.room(), line, flowOf(message), true);
  }

  #begin(line: Line, message: LinedMessage): boolean {
    line.places.served(flowPlace(message.place, message.priority ?? 0));
    if (this.#options.keysOf(message).has(line.key)) return this.#options.begin(message);
    this.#renew(line);
    return false;
  }

  /** Undefined where there is no answer, or one is awaited already. */
  async #ask(line: Line, limit: number): Promise<readonly LinedMessage[] | undefined> {
    const { store, by, now } = this.#options;
    const { number } = line;
    if (line.isAsking || this.#stopped) return undefined;
    if (number === undefined) return [];
    line.isAsking = true;
    try {
      const found = await this.#question(() => store.next({ line: number, limit }));
      return this.#stopped || line.number !== number ? undefined : found;
    } catch (error) {
      this.#complain(error);
      by(now() + lookLater);
      return undefined;
    } finally {
      line.isAsking = false;
    }
  }

  async #question(ask: () => Promise<readonly LinedMessage[]>): Promise<readonly LinedMessage[]> {
    const ended = new Set<number>();
    this.#questions.add(ended);
    try {
      return (await ask()).filter(({ id }) => !ended.has(id));
    } finally {
      this.#questions.delete(ended);
    }
  }

  async #expire(line: Line, number: number): Promise<void> {
    const { store, isActive, expire, now } = this.#options;
    for (let before: number | undefined; !this.#stopped && line.outage !== undefined;) {
      const query = { line: number, clock: line.clock(now()), limit: expireBatch };
      const found = await this.#question(() => store.overdue(query));
      const fresh = found.filter(({ id }) => !isActive(id));
      const [first] = fresh;
      if (first === undefined || first.id === before) return;
      before = first.id;
      await Promise.all(fresh.map((message) => expire(message, line)));
    }
  }

  async #save(line: Line): Promise<void> {
    const { key, name, number } = line;
    if (number === undefined) return;
    try {
      await this.#options.store.save(line.stored({ number, key, name }));
    } catch (error) {
      // What is lost is when to try again: one try brings it back.
      this.#complain(error);
    }
  }

  #forget(line: Line): void {
    if (line.number !== undefined) void this.#drop(line, line.number);
    else if (this.#lines.size > idleLines) this.#lines.delete(line.key);
  }

  /** Its row goes, unless somebody stands there after all. */
  async #drop(line: Line, number: number): Promise<void> {
    if (line.isAsking) return;
    line.isAsking = true;
    try {
      const isGone = await this.#options.store.drop(number);
      if (!isGone) line.stand();
      else if (line.active.messages === 0 && line.number === number) line.number = undefined;
    } catch (error) {
      this.#complain(error);
    } finally {
      line.isAsking = false;
    }
  }

  async #dissolve(number: number, clock: number): Promise<void> {
    const { store, by, now } = this.#options;
    try {
      await store.dissolve(number, clock);
      await store.drop(number);
    } catch (error) {
      this.#complain(error);
      setTimeout(() => void this.#dissolve(number, clock), lookLater).unref();
    }
    if (!this.#stopped) by(now());
  }

  #complain(error: unknown): void {
    if (this.#stopped) return;
    const { log } = this.#options;
    log.error({ event: "line-failed", error, why: errorText(error) }, "the store did not answer");
  }
}
