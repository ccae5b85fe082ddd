// Where message ids come from: time in the high bits, so that ids ascend, a counter in the middle, and
// in the last four bits the number of the node, so that no two hosts give out the same one.

import type { MessageId } from "./message.ts";

/** Nodes that there can be: their numbers are 0 to 15. */
export const mostNodes = 16;
/** Steps of the counter and numbers of nodes that one millisecond has room for, before the counter
 * borrows from the next one. */
const perMillisecond = 2 ** 10;
/** 2026-01-01T00:00:00Z: 43 bits of milliseconds behind it last until 2304. */
const epoch = 1_767_225_600_000;

export interface IdSourceOptions {
  /** Greatest id that was ever given out, by any node: a clock that was set back repeats none. */
  readonly last: MessageId;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** This host's number; 0 where it is alone. */
  readonly node: number;
}

export function createIdSource({ last, now, node }: IdSourceOptions): () => MessageId {
  let latest = last - (last % mostNodes) + node;
  return () => {
    latest = Math.max(latest + mostNodes, (now() - epoch) * perMillisecond + node);
    return latest;
  };
}

/** The number of the node that gave it out. */
export function nodeOf(id: MessageId): number {
  return id % mostNodes;
}
