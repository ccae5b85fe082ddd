// One destination as the queue sees it: whether mail goes through, who is on the way there, and who
// has to stand in line for it. Who stands in line is in the store, not here.

import {
  afterFailure,
  clockAt,
  type FailedTry,
  isTryDue,
  type Standing,
  tryBefore,
} from "../../core/queue/back-off.ts";
import { Places } from "../../core/queue/flow.ts";
import type { LineName } from "../../core/queue/message.ts";
import type { LastWords, StoredLine } from "../../io/store/line-store.ts";

const longestRest = 1_000;

export class Line {
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly places = new Places();
  /** By which configuration mail goes this way. */
  ways: string;
  /** In the store; undefined where nobody has stood in it. */
  number: number | undefined;
  /** The store may hold somebody who stands here. */
  isWaitedFor: boolean;
  /** How often somebody has come to stand here. */
  stood = 0;
  /** Messages in delivery, and recipients of them. */
  readonly active = { messages: 0, recipients: 0 };
  /** One message goes first, to see whether the others may. */
  isProbing = false;
  /** The store is being asked who is next. */
  isAsking = false;
  lastWords: LastWords | undefined;
  /** Messages in delivery, by their flow (core/queue/flow.ts). */
  readonly #flows = new Map<string, number>();
  #standing: Standing;
  /** The least of `until` that was given since the last failed try. */
  #soonest = Infinity;
  /** UTC milliseconds. */
  #restsUntil = 0;

  constructor(key: string, name: string, stored?: StoredLine) {
    this.key = key;
    this.name = name;
    this.ways = stored?.ways ?? "";
    this.number = stored?.number;
    this.isWaitedFor = stored !== undefined;
    this.lastWords = stored?.lastWords;
    this.#standing = stored?.standing ?? { clock: 0 };
  }

  get outage(): Standing["outage"] {
    return this.#standing.outage;
  }

  /** Nothing is lost if it is forgotten. */
  get isIdle(): boolean {
    const { active, isWaitedFor, isAsking, isProbing, outage } = this;
    return active.messages === 0 && !isWaitedFor && !isAsking && !isProbing && outage === undefined;
  }

  begin(flow: string, recipients: number): void {
    this.active.messages++;
    this.active.recipients += recipients;
    this.#flows.set(flow, this.activeOf(flow) + 1);
  }

  end(flow: string, recipients: number, isLast: boolean): void {
    this.active.recipients -= recipients;
    if (!isLast) return;
    this.active.messages--;
    const left = this.activeOf(flow) - 1;
    if (left > 0) this.#flows.set(flow, left);
    else this.#flows.delete(flow);
  }

  /** Messages in delivery. */
  activeOf(flow: string): number {
    return this.#flows.get(flow) ?? 0;
  }

  /** Somebody stands here now, as the store knows. */
  stand(): void {
    this.isWaitedFor = true;
    this.stood++;
  }

  rest(until: number): void {
    this.#restsUntil = until;
  }

  /** A rest is a second: one that lasts longer was begun before the clock was set back. */
  mayAsk(now: number): boolean {
    return now >= this.#restsUntil || this.#restsUntil - now > longestRest;
  }

  /** What its clock says, ms. */
  clock(now: number): number {
    return clockAt(this.#standing, now);
  }

  /** Somebody takes a place who may stand there until its clock says so. */
  expect(until: number): void {
    this.#soonest = Math.min(this.#soonest, until);
  }

  fail(failed: FailedTry, lastWords: LastWords): void {
    this.#standing = afterFailure(this.#standing, failed);
    this.#soonest = Infinity;
    this.lastWords = lastWords;
  }

  /** @param until by its clock, when the first time of those who stand there ends */
  planFor(until: number | undefined, retry: readonly number[]): void {
    const left = Math.min(this.#soonest, until ?? Infinity) - this.#standing.clock;
    this.#standing = tryBefore(this.#standing, left, retry);
  }

  recover(): void {
    this.#standing = { clock: this.#standing.clock };
    this.lastWords = undefined;
  }

  isTryDue(now: number, retry: readonly number[]): boolean {
    const { outage } = this;
    return outage !== undefined && !this.isProbing && isTryDue(outage, now, retry);
  }

  /** Its back-off is forgotten: the next try is now. */
  tryNow(now: number): void {
    const { outage } = this.#standing;
    if (outage === undefined) return;
    const clock = this.clock(now);
    this.#standing = { clock, outage: { ...outage, lastTry: now, nextTry: now } };
  }

  /** As the store keeps it. */
  stored(name: LineName): StoredLine {
    const { ways, lastWords } = this;
    return { ...name, ways, standing: this.#standing, ...(lastWords && { lastWords }) };
  }
}
