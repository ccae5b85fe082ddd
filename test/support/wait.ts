// Waits for something that comes about elsewhere: in another process, on a disk, at a peer.

import { setTimeout as delay } from "node:timers/promises";

/** Resolves with what `look` returns once that is neither undefined nor false; rejects with `what`
 * after `milliseconds`, which bounds a test that fails and never decides one that passes. */
export async function waitUntil<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  milliseconds = 15_000,
): Promise<Exclude<Found, undefined | false>> {
  const limit = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (isFound(found)) return found;
    if (performance.now() > limit)
      throw new Error(`waited ${milliseconds} ms in vain until ${what}`);
    await delay(10);
  }
}

function isFound<Found>(found: Found): found is Exclude<Found, undefined | false> {
  return found !== undefined && found !== false;
}
