// Questions that cost the store much: to count the queue it looks at all of it, and can do nothing else
// meanwhile. So an answer is good for a hundred times as long as it took.

import type { QueueSize } from "../../io/store/message-store.ts";

/** The last answer, or a new one where it is time for that; undefined where the store does not say. */
export type Seldom<Answer> = () => Promise<Answer | undefined>;

export type ReadQueueSize = Seldom<QueueSize>;

/** Milliseconds for which an answer is good however quick it was. */
const leastTime = 2_000;
const restFactor = 100;

/** All who want to know share an answer.
 * @param elapsed monotonic milliseconds */
export function seldom<Answer>(ask: () => Promise<Answer>, elapsed: () => number): Seldom<Answer> {
  let last: Answer | undefined;
  let goodUntil = -Infinity;
  let asking: Promise<Answer | undefined> | undefined;

  async function askNow(): Promise<Answer | undefined> {
    const begun = elapsed();
    try {
      last = await ask();
    } catch {
      last = undefined;
    }
    asking = undefined;
    goodUntil = elapsed() + Math.max(leastTime, (elapsed() - begun) * restFactor);
    return last;
  }

  return async () => {
    if (elapsed() < goodUntil) return last;
    asking ??= askNow();
    return asking;
  };
}
