// All lists asked about one client, at once. The client's session keeps the inquiry: it is begun as the
// client connects, and its verdict is wanted when a recipient is named, maybe many times.

import type { ListAnswer } from "../../core/blocklist/answer.ts";
import { weigh } from "../../core/blocklist/weigh.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Fact } from "../../core/policy/fact.ts";
import type { BlocklistVerdict } from "../../core/policy/request.ts";
import type { List } from "./list.ts";

export interface InquiryOptions {
  readonly lists: readonly List[];
  readonly threshold: number;
  /** Milliseconds from now for all answers together. */
  readonly timeout: number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

type Verdict = Fact<BlocklistVerdict>;

/** Milliseconds that the explanation of a refusal may take. */
const reasonTime = 1_000;

const noAnswer: ListAnswer = { kind: "unknown", why: "no answer in time" };

export class Inquiry {
  readonly #client: IpAddress;
  readonly #options: InquiryOptions;
  readonly #answers: (ListAnswer | undefined)[];
  readonly #weighed = Promise.withResolvers<Verdict>();
  readonly #limit: NodeJS.Timeout;
  #verdict: Verdict | Promise<Verdict> | undefined;

  constructor(client: IpAddress, options: InquiryOptions) {
    this.#client = client;
    this.#options = options;
    this.#answers = options.lists.map(() => undefined);
    this.#limit = setTimeout(() => this.#giveUp(), options.timeout);
    for (const [index, list] of options.lists.entries()) {
      void list.ask(client).then((answer) => this.#take(index, answer));
    }
  }

  /** The verdict, at once where it has been given before; a listing comes with its explanation. Waits for
   * `timeout` at most, and never rejects. */
  verdict(): Verdict | Promise<Verdict> {
    this.#verdict ??= this.#explained().then((verdict) => (this.#verdict = verdict));
    return this.#verdict;
  }

  #take(index: number, answer: ListAnswer): void {
    this.#answers[index] ??= answer;
    this.#weigh();
  }

  #giveUp(): void {
    for (const index of this.#answers.keys()) this.#answers[index] ??= noAnswer;
    this.#weigh();
  }

  #weigh(): void {
    const { lists, threshold } = this.#options;
    const opinions = lists.map(({ settings }, index) => ({
      list: settings,
      answer: this.#answers[index],
    }));
    const verdict = weigh(opinions, threshold);
    if (verdict === undefined) return;
    clearTimeout(this.#limit);
    this.#weighed.resolve(verdict);
  }

  async #explained(): Promise<Verdict> {
    const { lists, timeout, elapsed } = this.#options;
    const asked = elapsed();
    const verdict = await this.#weighed.promise;
    if (!verdict.known || !verdict.value.listed) return verdict;
    const { list: zone } = verdict.value;
    const list = lists.find(
      ({ settings }, index) => settings.zone === zone && this.#answers[index]?.kind === "listed",
    );
    const left = asked + timeout - elapsed();
    const text = await within(Math.min(reasonTime, left), list?.reason(this.#client));
    return text === undefined ? verdict : { known: true, value: { ...verdict.value, text } };
  }
}

/** What `promise` brings, or undefined after so many ms. */
async function within<Value>(
  milliseconds: number,
  promise: Promise<Value> | undefined,
): Promise<Value | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => limit.resolve(undefined), milliseconds);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
