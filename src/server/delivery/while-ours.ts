// The content of a message that may have been taken over by another host while this one was paused or
// cut off: each piece is handed on only while the message is ours. So its last piece, and with it the
// end of the message, never goes out late.

import type { Octets } from "./job.ts";

/** @param isOurs asked before each piece */
export async function* whileOurs(
  octets: Octets,
  isOurs: () => boolean,
): AsyncGenerator<Uint8Array> {
  requireOurs(isOurs);
  for await (const piece of octets) {
    requireOurs(isOurs);
    yield piece;
  }
  requireOurs(isOurs);
}

function requireOurs(isOurs: () => boolean): void {
  if (!isOurs())
    throw new Error("this host was not heard; another one may deliver the message now");
}
