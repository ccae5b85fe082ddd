// How long a reply to a login waits: the more guesses, the longer.

/** Milliseconds; the last one stays, as in Dovecot. */
const steps = [0, 2_000, 4_000, 8_000, 15_000] as const;

/** A wrong login never gets its reply sooner than after this, in ms. */
export const leastForWrong = steps[1];

/** Milliseconds after so many guesses. */
export function delayAfter(guesses: number): number {
  return steps[Math.min(guesses, steps.length - 1)] ?? 0;
}
