// How much is in the queue. To count it, the store looks at all of it, and can do nothing else
// meanwhile: so an answer is good for a hundred times as long as it took.

import type { QueueSize } from "../../io/store/message-store.ts";

export interface QueueSizeOptions {
  readonly ask: () => Promise<QueueSize>;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** The last answer, or a new one where it is time for that; undefined where the store does not say. */
export type ReadQueueSize = () => Promise<QueueSize | undefined>;

/** Milliseconds for which an answer is good however quick it was. */
const leastTime = 2_000;
const restFactor = 100;

export function createQueueSize({ ask, elapsed }: QueueSizeOptions): ReadQueueSize {
  let last: QueueSize | undefined;
  let goodUntil = -Infinity;
  let asking: Promise<QueueSize | undefined> | undefined;

  async function askNow(): Promise<QueueSize | undefined> {
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
