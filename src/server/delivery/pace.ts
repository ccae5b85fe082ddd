// How many messages may go to a destination over time. What was counted outlives the connections, and
// counts for all that go the same way.

import {
  isSameRate,
  type Rate,
  roomLeft,
  unused,
  type Use,
  useAt,
  waitForRoom,
  withOneMore,
} from "../../core/limits/bucket.ts";

export interface Pace {
  /** Messages that may go now. */
  left(): number;
  /** Milliseconds until one may go. */
  wait(): number;
  /** One goes. */
  count(): void;
}

export type PaceOf = (key: string, rate: Rate | undefined) => Pace;

export const unbounded: Pace = { left: () => Infinity, wait: () => 0, count() {} };

/** Counts that are looked through for such as have become nothing, when there are twice as many. */
const fewest = 100;

/** @param elapsed monotonic milliseconds. */
export function createPaces(elapsed: () => number): PaceOf {
  const counts = new Map<string, { readonly rate: Rate; use: Use }>();
  let lookAt = fewest;

  function forget(): void {
    if (counts.size < lookAt) return;
    for (const [key, { rate, use }] of counts) {
      if (useAt(use, rate, elapsed()).used === 0) counts.delete(key);
    }
    lookAt = Math.max(fewest, counts.size * 2);
  }

  function find(key: string, rate: Rate) {
    const known = counts.get(key);
    if (known !== undefined && isSameRate(known.rate, rate)) return known;
    forget();
    const made = { rate, use: unused };
    counts.set(key, made);
    return made;
  }

  return (key, rate) => {
    if (rate === undefined) return unbounded;
    // Asked for each time: what has flowed back may have been forgotten meanwhile.
    const now = () => useAt(find(key, rate).use, rate, elapsed());
    return {
      left: () => roomLeft(now(), rate),
      wait: () => waitForRoom(now(), rate),
      count() {
        const use = withOneMore(now(), rate);
        find(key, rate).use = use;
      },
    };
  };
}
