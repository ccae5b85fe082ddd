// Where message ids come from: time in the high bits, so that ids ascend, a counter in the low ones.

import type { MessageId } from "./message.ts";

/** Ids that one millisecond has room for before the counter borrows from the next one. */
const perMillisecond = 2 ** 10;
/** 2026-01-01T00:00:00Z: 43 bits of milliseconds behind it last until 2304. */
const epoch = 1_767_225_600_000;

/** @param last greatest id that was ever given out: a clock that was set back repeats none.
 *  @param now UTC milliseconds. */
export function createIdSource(last: MessageId, now: () => number): () => MessageId {
  let latest = last;
  return () => {
    latest = Math.max(latest + 1, (now() - epoch) * perMillisecond);
    return latest;
  };
}
