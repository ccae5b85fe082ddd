// The one transaction of a connection: senders until one is taken, then recipients for that one.

import { fillIn, type Names } from "../../core/relay-test/names.ts";
import { type Answer, type FormCommand, judge } from "../../core/relay-test/outcome.ts";
import type { Pair } from "../../core/relay-test/pairs.ts";
import { severity } from "../../core/smtp/reply.ts";
import type { Dialog } from "./dialog.ts";

/** Postfix slows a client down after 10 errors, and cuts it off after 20. */
const mostRefusals = 8;

export class Transaction {
  readonly #dialog: Dialog;
  readonly #names: Names;
  #sender: string | undefined;
  #answers = 0;
  #refusals = 0;
  #hasTaken = false;
  #beganDeferred = false;

  constructor(dialog: Dialog, names: Names) {
    this.#dialog = dialog;
    this.#names = names;
  }

  /** Nothing was answered yet. */
  get isFresh(): boolean {
    return this.#answers === 0;
  }

  /** Which command is next, or unanswered. */
  get command(): FormCommand {
    return this.#sender === undefined ? "MAIL" : "RCPT";
  }

  /** Whether to ask for this pair here, and not on a new connection. */
  takes({ sender }: Pair): boolean {
    return this.#refusals < mostRefusals && (this.#sender ?? sender) === sender;
  }

  /** @throws {DialogError} */
  async ask(pair: Pair): Promise<Answer> {
    const answer = await this.#ask(pair);
    this.#answers++;
    const judgement = judge(pair.sender, answer);
    if (judgement === "taken") this.#hasTaken = true;
    else this.#refusals++;
    if (this.#answers === 1) this.#beganDeferred = judgement === "deferred";
    return answer;
  }

  /** Whether the answer, which is the last, may come from what was asked for before. A server that
   * puts off the first thing it is asked for does so of itself. */
  isDoubtful({ sender }: Pair, answer: Answer): boolean {
    const judgement = judge(sender, answer);
    if (this.#answers === 1 || judgement === "taken") return false;
    return this.#hasTaken || (judgement === "deferred" && !this.#beganDeferred);
  }

  async #ask({ sender, recipient }: Pair): Promise<Answer> {
    if (this.#sender === undefined) {
      const reply = await this.#dialog.command(`MAIL FROM:${fillIn(sender, this.#names)}`);
      if (severity(reply.code) !== "positive") return { to: "MAIL", reply };
      this.#sender = sender;
    }
    const reply = await this.#dialog.command(`RCPT TO:${fillIn(recipient, this.#names)}`);
    return { to: "RCPT", reply };
  }
}
