// How many connections a host gets that puts off all it is sent: fewer and fewer, down to one, and one
// more for each message that it takes (as Postfix's negative feedback). It never comes to none.

import type { RecipientOutcome } from "../../core/smtp/client/failure.ts";

export interface Throttle {
  /** Connections at once. */
  readonly most: number;
  /** What became of a message's recipients. */
  note(outcomes: readonly RecipientOutcome[]): void;
}

/** Messages in a row that a host puts off before it gets fewer connections: some are greylisted
 * everywhere. */
const patience = 10;

export function createThrottle(): Throttle {
  let most = Infinity;
  let inRow = 0;
  return {
    get most() {
      return most;
    },
    note(outcomes) {
      if (outcomes.every(({ kind }) => kind === "temporary" || kind === "untried")) {
        inRow++;
        if (inRow >= patience) most = 1;
      } else {
        inRow = 0;
        most++;
      }
    },
  };
}
