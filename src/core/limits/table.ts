// The buckets of one limit, one for each key (an address, a login), in bounded memory.
//
// What has flowed back whole need not be remembered: no bucket is the same as a full one. So a new
// key makes the oldest ones go that are full again, and only if the table is full of others, one that
// is not: the oldest of those that are used less than half and, if there is none, the oldest of all.
//
// What holds: an allowance of which half or more was used is forgotten before it is full again only
// if that is so of every bucket in the table. A flood of new addresses, each with its message or two,
// only forgets other new addresses, never those that are used up. Whoever could forget one has to use
// up half the allowance of as many addresses as the table holds, and wins one allowance with it, beside
// the thousands that he has.

import { AgeList } from "./age-list.ts";
import {
  hasRoom,
  isHalfUsed,
  piecesOf,
  type Rate,
  unused,
  type Use,
  useAt,
  withFewer,
  withOneMore,
} from "./bucket.ts";

export interface LimitTable {
  readonly rate: Rate;
  /** Whether one piece more is within the limit. Takes nothing.
   * @param now monotonic milliseconds */
  hasRoom(key: string, now: number): boolean;
  /** Takes one piece, whether there is room or not: that is asked first. */
  take(key: string, now: number): void;
  /** Pieces that are used and have not flowed back, a begun one as a whole one. */
  used(key: string, now: number): number;
  /** Takes back what should not have counted; parts of a piece as well, never more than is used. */
  giveBack(key: string, pieces: number, now: number): void;
  /** Buckets that are remembered. */
  readonly size: number;
}

interface Bucket {
  readonly key: string;
  use: Use;
  list: AgeList<Bucket>;
  older: Bucket | undefined;
  newer: Bucket | undefined;
}

/** @param capacity buckets that are remembered at most; each costs about 200 octets. */
export function createLimitTable(rate: Rate, capacity: number): LimitTable {
  const buckets = new Map<string, Bucket>();
  // By the last piece that was taken; in the second list are those that were half used with it.
  const light = new AgeList<Bucket>();
  const heavy = new AgeList<Bucket>();

  function forget(bucket: Bucket): void {
    bucket.list.remove(bucket);
    buckets.delete(bucket.key);
  }

  function forgetFull({ oldest }: AgeList<Bucket>, now: number): void {
    if (oldest !== undefined && useAt(oldest.use, rate, now).used === 0) forget(oldest);
  }

  function makeRoom(now: number): void {
    // Two of each for one that comes: so the table shrinks again after a flood.
    for (const list of [light, light, heavy, heavy]) forgetFull(list, now);
    const oldest = light.oldest ?? heavy.oldest;
    if (buckets.size >= capacity && oldest !== undefined) forget(oldest);
  }

  function add(key: string, use: Use): void {
    const list = isHalfUsed(use, rate) ? heavy : light;
    const bucket: Bucket = { key, use, list, older: undefined, newer: undefined };
    buckets.set(key, bucket);
    list.add(bucket);
  }

  function move(bucket: Bucket, use: Use): void {
    bucket.list.remove(bucket);
    bucket.use = use;
    bucket.list = isHalfUsed(use, rate) ? heavy : light;
    bucket.list.add(bucket);
  }

  return {
    rate,
    hasRoom(key, now) {
      const bucket = buckets.get(key);
      if (bucket === undefined) return true;
      // Brought up to date, so that a clock that went back does not stop the flow until it is again
      // where it was.
      bucket.use = useAt(bucket.use, rate, now);
      return hasRoom(bucket.use, rate);
    },
    take(key, now) {
      const bucket = buckets.get(key);
      const use = withOneMore(useAt(bucket?.use ?? unused, rate, now), rate);
      if (bucket !== undefined) return move(bucket, use);
      makeRoom(now);
      add(key, use);
    },
    used(key, now) {
      const bucket = buckets.get(key);
      return bucket === undefined ? 0 : piecesOf(useAt(bucket.use, rate, now), rate);
    },
    giveBack(key, pieces, now) {
      const bucket = buckets.get(key);
      if (bucket === undefined) return;
      const use = withFewer(useAt(bucket.use, rate, now), rate, pieces);
      if (use.used === 0) forget(bucket);
      else move(bucket, use);
    },
    get size() {
      return buckets.size;
    },
  };
}
