// Asks a server about many forms in one context, over as many connections as that takes.
//
// Each connection has one transaction at most, so that nothing but the context stands before it, and
// ends after a few refusals: servers slow down or cut clients that err often. An answer that
// something earlier on the same connection may have caused does not count; the form is asked for
// again as the first thing on a connection.

import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "../../core/relay-test/contexts.ts";
import type { Names } from "../../core/relay-test/names.ts";
import type { Answer } from "../../core/relay-test/outcome.ts";
import type { Pair } from "../../core/relay-test/pairs.ts";
import type { Obstacle } from "../../core/relay-test/report.ts";
import { type Dialog, DialogError } from "./dialog.ts";
import { takeSteps } from "./session.ts";
import { Transaction } from "./transaction.ts";

export interface AskOptions {
  readonly context: Context;
  readonly names: Names;
  /** Connects and has read the greeting. @throws {DialogError} */
  readonly connect: () => Promise<Dialog>;
  /** Milliseconds between connections. */
  readonly pause: number;
  readonly signal: AbortSignal;
  readonly onAnswer: () => void;
}

/** Connections in a row that brought no answer, after which we stop asking. */
const mostFailures = 3;

/** More than the pause before a new connection, for each that has just failed, in milliseconds. */
const waitAfterFailure = 500;

/** Asks about the pairs of one context; `answers` grow as they come. */
export class Asking {
  readonly answers = new Map<Pair, Answer>();
  readonly #options: AskOptions;
  #pending: readonly Pair[];
  #replies = 0;
  #failures = 0;
  /** The last connection came as far as the context. */
  #isReached = true;

  constructor(pairs: readonly Pair[], options: AskOptions) {
    this.#options = options;
    this.#pending = pairs;
  }

  /** Replies so far. */
  get replies(): number {
    return this.#replies;
  }

  /** Asks until all is answered; returns what stands in the way where that cannot be. */
  async run(): Promise<Obstacle | undefined> {
    const { signal, pause } = this.#options;
    while (this.#pending.length > 0) {
      const wait = pause + (this.#isReached ? 0 : this.#failures * waitAfterFailure);
      if (wait > 0) await delay(wait, undefined, { signal }).catch(() => {});
      const before = this.#replies;
      const trouble = await this.#connect();
      if (signal.aborted) return { kind: "unanswered", said: "the test was stopped" };
      if (trouble === undefined || this.#replies > before) this.#failures = 0;
      else if (trouble.kind !== "unanswered" || ++this.#failures >= mostFailures) return trouble;
    }
    return undefined;
  }

  /** One connection. Returns what ended it early. */
  async #connect(): Promise<Obstacle | undefined> {
    const { connect, context, names } = this.#options;
    let dialog: Dialog | undefined;
    this.#isReached = false;
    try {
      dialog = await connect();
      const obstacle = await takeSteps(dialog, context.steps, names);
      if (obstacle !== undefined) return obstacle;
      this.#isReached = true;
      await this.#converse(new Transaction(dialog, names));
      return undefined;
    } catch (error) {
      if (error instanceof DialogError) return { kind: "unanswered", said: error.message };
      throw error;
    } finally {
      dialog?.close();
    }
  }

  async #converse(transaction: Transaction): Promise<void> {
    for (;;) {
      const next = this.#pending[0];
      if (next === undefined || !transaction.takes(next)) return;
      const answer = await this.#ask(next, transaction);
      if (transaction.isDoubtful(next, answer)) return;
      this.#record(next, answer);
    }
  }

  async #ask(pair: Pair, transaction: Transaction): Promise<Answer> {
    try {
      return await transaction.ask(pair);
    } catch (error) {
      if (error instanceof DialogError && transaction.isFresh) {
        this.#record(pair, { to: "nothing", after: transaction.command, why: error.message });
      }
      throw error;
    }
  }

  /** What is said to MAIL, or not, is said to all recipients of this sender. */
  #record(pair: Pair, answer: Answer): void {
    const command = answer.to === "nothing" ? answer.after : answer.to;
    const isMeant = (other: Pair) =>
      other === pair || (command === "MAIL" && other.sender === pair.sender);
    for (const other of this.#pending.filter(isMeant)) {
      this.answers.set(other, answer);
      this.#options.onAnswer();
    }
    this.#pending = this.#pending.filter((other) => !isMeant(other));
    if (answer.to !== "nothing") this.#replies++;
  }
}
