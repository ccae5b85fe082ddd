// Keeps decisions for the operator without a client ever waiting for it: they gather in memory and
// go to the store in batches. Where the store cannot take them, mail goes on all the same, and the
// oldest are given up when too many wait.

import type { DecisionSettings } from "../../core/config/settings.ts";
import { errorText } from "../../core/error-text.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import type { DecisionId } from "../../core/policy/decision-id.ts";
import type { KeptDecision } from "../../core/policy/kept-decision.ts";
import type { RuleSet } from "../../core/policy/request.ts";
import { networkOf } from "../../core/policy/rows.ts";
import type { DecisionStore } from "../../io/store/decision-store.ts";
import type { Log } from "../log.ts";
import { Pruner } from "./pruner.ts";

/** A decision that was just made, with the rules that made it. */
export interface MadeDecision extends Omit<KeptDecision, "network" | "at"> {
  readonly rules: RuleSet;
}

export interface KeeperOptions {
  readonly store: DecisionStore;
  readonly settings: () => DecisionSettings;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Other hosts add and drop as well. */
  readonly isShared?: boolean;
  readonly log: Log;
}

type Waiting = MadeDecision & { readonly at: number };

/** Milliseconds for which decisions gather: with the write itself, less than a second. */
const gatherFor = 500;
/** Milliseconds between two tries while the store cannot take them: a write that fails for want of
 * space may take mail of the same commit with it. */
const patience = 30_000;
/** Milliseconds between two looks for what has grown too old. */
const lookEvery = 60_000;
/** Decisions in one unit of work, so that no mail waits long behind them. */
const batchSize = 100;
/** Decisions in memory at most, of 1 KB or so each. */
const mostWaiting = 10_000;

export class DecisionKeeper {
  readonly #options: KeeperOptions;
  readonly #pruner: Pruner;
  /** In the order in which they were made. */
  #waiting: Waiting[] = [];
  /** Made before those, on their way into the store. */
  #underWay: readonly Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** The last write failed. */
  #isFailing = false;
  /** The log was told that decisions are lost, or may be. */
  #isTold = false;
  #dropped = 0;
  #lookout: NodeJS.Timeout | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#pruner = new Pruner(options);
  }

  /** Begins to look after what is in the store. */
  start(): void {
    this.#lookout = setInterval(() => this.#plan(0), lookEvery);
    this.#plan(gatherFor);
  }

  /** Returns at once. */
  note(made: MadeDecision): void {
    const { settings, now } = this.#options;
    if (made.decision.verdict === "accept" && settings().keep === "refused") return;
    this.#waiting.push({ ...made, at: now() });
    if (this.#waiting.length > mostWaiting) {
      this.#dropped += this.#waiting.splice(0, batchSize).length;
      this.#tellOfTrouble("more of them come than can be written");
    }
    this.#plan(gatherFor);
  }

  /** Finds those too that are not written yet. */
  async find(id: DecisionId): Promise<KeptDecision | undefined> {
    const unwritten = this.#unwritten().find((each) => each.id === id);
    return unwritten === undefined ? this.#options.store.find(id) : toKept(unwritten);
  }

  /** The latest of a client's, the latest first. */
  async ofClient(client: IpAddress, limit: number): Promise<readonly KeptDecision[]> {
    const ip = formatIp(client);
    const unwritten = this.#unwritten().filter(({ request }) => formatIp(request.client) === ip);
    const written = await this.#options.store.ofClient(client, limit);
    // What was on its way may have arrived meanwhile.
    const arrived = new Set(written.map(({ id }) => id));
    const latest = unwritten.filter(({ id }) => !arrived.has(id)).toReversed();
    return [...latest.slice(0, limit).map(toKept), ...written].slice(0, limit);
  }

  /** Writes what still waits, if the store takes it. */
  async close(): Promise<void> {
    clearInterval(this.#lookout);
    await this.#writing;
    clearTimeout(this.#timer);
    await this.#write();
  }

  #unwritten(): readonly Waiting[] {
    return [...this.#underWay, ...this.#waiting];
  }

  #plan(delay: number): void {
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#plan(this.#isFailing ? patience : gatherFor);
      });
    }, delay);
  }

  /** Those that wait now; what comes meanwhile gathers for the next time. */
  async #write(): Promise<void> {
    const dropped = this.#dropped;
    try {
      for (let left = this.#waiting.length; left > 0; left -= batchSize) await this.#writeBatch();
      await this.#pruner.prune();
      this.#isFailing = false;
      if (this.#isTold && this.#dropped === dropped) this.#tellOfRecovery();
    } catch (error) {
      this.#isFailing = true;
      this.#tellOfTrouble(errorText(error));
    }
  }

  async #writeBatch(): Promise<void> {
    this.#underWay = this.#waiting.splice(0, batchSize);
    try {
      this.#pruner.added(await this.#options.store.keep(this.#underWay.map(toKept)));
    } catch (error) {
      this.#waiting = [...this.#underWay, ...this.#waiting];
      throw error;
    } finally {
      this.#underWay = [];
    }
  }

  /** Once, however long it lasts. */
  #tellOfTrouble(why: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const text = `decisions cannot be kept, only the last ${mostWaiting} are remembered: ${why}`;
    this.#options.log.warn({ event: "decisions-not-kept" }, text);
  }

  #tellOfRecovery(): void {
    const dropped = this.#dropped;
    this.#isTold = false;
    this.#dropped = 0;
    const text = `decisions are kept again; ${dropped} were given up for want of memory`;
    this.#options.log.info({ event: "decisions-kept-again", dropped }, text);
  }
}

function toKept({ rules, ...kept }: Waiting): KeptDecision {
  const network = networkOf(rules, kept.request);
  return { ...kept, ...(network && { network }) };
}
