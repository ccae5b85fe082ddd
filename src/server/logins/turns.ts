// Whose credentials are checked when: users where they are known at once, strangers one after the
// other, and with pauses while there are users to serve. A password takes a core for some 50 ms, so
// whoever may have as many checked as he likes has the machine.

import { setTimeout as delay } from "node:timers/promises";
import { createGate } from "../../io/process/gate.ts";

export interface Turns {
  /** Not before it is the stranger's turn; undefined where too many wait. */
  ofStranger<Value>(work: () => Promise<Value>): Promise<Value | undefined>;
  /** At once. */
  ofKnown<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** Strangers that wait, and for how long at most, in ms: then they are told to come back. */
const waiting = 100;
const patience = 10_000;
/** After a stranger's check the next one waits so many times as long as it took. */
const pause = 3;
/** Milliseconds after a known user's login for which strangers make pauses. */
const politeFor = 2_000;

/** @param elapsed monotonic milliseconds */
export function createTurns(elapsed: () => number): Turns {
  const gate = createGate({ places: 1, waiting, patience });
  let lastKnown = -Infinity;

  async function rest(took: number): Promise<void> {
    const isBusy = elapsed() - lastKnown < politeFor;
    if (isBusy) await delay(took * pause, undefined, { ref: false });
  }

  return {
    ofStranger(work) {
      return new Promise((resolve, reject) => {
        const turn = async (): Promise<void> => {
          const begun = elapsed();
          // The answer does not wait for the pause, the next one's turn does.
          await work().then(resolve, reject);
          await rest(elapsed() - begun);
        };
        void gate.run(turn).then((done) => done.ok || resolve(undefined));
      });
    },
    ofKnown(work) {
      lastKnown = elapsed();
      return work();
    },
  };
}
