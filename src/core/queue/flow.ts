// Whose turn it is: mail of one sender is a flow, and flows take turns, so that one's fifty thousand
// messages do not keep another's one waiting. The one place that says what goes first.

import type { QueuedMessage } from "./message.ts";

/** Which flow a message is of: its account's, or its sender's. Senders that carry an address for each
 * recipient (`news+bob=example.com@`, VERP) are one. */
export function flowOf({ login, sender }: Pick<QueuedMessage, "login" | "sender">): string {
  if (login !== undefined) return `login ${login}`;
  if (sender === null) return "<>";
  const [first = ""] = sender.local.toLowerCase().split(/[-+=]/, 1);
  return `${first}@${sender.domain}`;
}

/** Places that each priority has for itself: the more urgent stand before all others (RFC 6710 §5). */
const rank = 2 ** 46;

/** The place in a line of what has this priority, where its flow's is `place`. */
export function urgentPlace(place: number, priority: number): number {
  return place - priority * rank;
}

/** Back again. */
export function flowPlace(place: number, priority: number): number {
  return place + priority * rank;
}

/** Flows that a line keeps apart; those beyond begin anew, which does nobody harm. */
const mostFlows = 10_000;

/** Gives out places in a line: each flow's messages stand one behind the other, and the first of one
 * that comes new stands at the head, beside those whose turn is now (start-time fair queuing). */
export class Places {
  /** The place that was served last. */
  #now: number;
  readonly #last = new Map<string, number>();

  /** @param served the place that was served last, where that is known */
  constructor(served = 0) {
    this.#now = served;
  }

  next(flow: string): number {
    if (this.#last.size > mostFlows) this.#last.clear();
    const place = Math.max(this.#now, (this.#last.get(flow) ?? this.#now - 1) + 1);
    this.#last.set(flow, place);
    return place;
  }

  served(place: number): void {
    if (place > this.#now) this.#now = place;
  }
}
