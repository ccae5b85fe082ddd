// Lets so much work in at once that the machine can do it; a little more waits, but not for long, and
// the rest is turned away. For work that strangers can ask for.

import { bad, good, type Result } from "../../core/result.ts";

export interface Gate {
  /** Does the work when a place is free, and frees it when the work is done or has failed. "busy"
   * where it was never begun. */
  run<Value>(work: () => Promise<Value>): Promise<Result<Value, "busy">>;
}

export interface GateOptions {
  /** How much may be done at once. */
  readonly places: number;
  /** How much may wait besides. */
  readonly waiting: number;
  /** Milliseconds for which it waits at most. */
  readonly patience: number;
}

export function createGate({ places, waiting, patience }: GateOptions): Gate {
  let free = places;
  const queue: (() => void)[] = [];

  function waitForPlace(): Promise<boolean> {
    if (queue.length >= waiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(enter), 1);
        resolve(false);
      }, patience);
      queue.push(enter);
    });
  }

  return {
    async run(work) {
      if (free > 0) free--;
      else if (!(await waitForPlace())) return bad("busy");
      try {
        return good(await work());
      } finally {
        // The place is handed over, so that nobody can slip in between.
        const next = queue.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
