// How near the end of a certificate is.

import type { Tone } from "../page.ts";

const day = 86_400_000;
/** Before its end: renewal is late, and has failed. */
const late = 21 * day;
const failed = 7 * day;

/** Times are UTC milliseconds. */
export function certificateTone(expiresAt: number, now: number): Tone {
  const left = expiresAt - now;
  return left < failed ? "problem" : left < late ? "warning" : "ok";
}
