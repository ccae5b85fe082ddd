// The one transaction of a connection: senders until one is taken, then recipients for that one.

import { fillIn, type Names } from "../../core/relay-test/names.ts";
import { type Answer, judge } from "../../core/relay-test/outcome.ts";
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

  constructor(dialog: Dialog, names: Names) {
    this.#dialog = dialog;
    this.#names = names;
  }

  /** Nothing was answered yet. */
  get isFresh(): boolean {
    return this.#answers === 0;
  }

  /** Whether to ask for this pair here, and not on a new connection. */
  takes({ sender }: Pair): boolean {
    return this.#refusals < mostRefusals && (this.#sender ?? sender) === sender;
  }

  /** @throws {DialogError} */
  async ask(pair: Pair): Promise<Answer> {
    const answer = await this.#ask(pair);
    this.#answers++;
    if (judge(pair.sender, answer) !== "taken") this.#refusals++;
    else this.#hasTaken = true;
    return answer;
  }

  /** Whether the answer may come from what was asked for before. Call it once for each. */
  isDoubtful({ sender }: Pair, answer: Answer): boolean {
    if (this.#answers <= 1) return false;
    const judgement = judge(sender, answer);
    return judgement === "deferred" || (judgement !== "taken" && this.#hasTaken);
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
