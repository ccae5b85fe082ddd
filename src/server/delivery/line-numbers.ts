// The numbers by which the store knows lines. They end in the host's own, as the ids of messages do.

import { mostNodes, nodeOf } from "../../core/queue/ids.ts";

export class LineNumbers {
  readonly #node: number;
  #last = 0;

  constructor(node: number) {
    this.#node = node;
  }

  next(): number {
    this.#last += mostNodes;
    return this.#last + this.#node;
  }

  /** From here on: greater than that one, which is in use. */
  after(number: number): void {
    this.#last = Math.max(this.#last, number - (number % mostNodes));
  }

  isOurs(number: number): boolean {
    return nodeOf(number) === this.#node;
  }
}
