// The day on which a return path was made, in two letters of base 32, as the Sender Rewriting Scheme
// has it: days since 1970 modulo 1,024. So it comes round after some three years, and the hash beside
// it is what keeps anybody from setting it.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const day = 24 * 60 * 60 * 1000;
const days = 1024;

/** @param now UTC milliseconds */
export function formatDayStamp(now: number): string {
  const number = dayOf(now);
  return alphabet.charAt(number >> 5) + alphabet.charAt(number & 31);
}

/** Whole days since the stamp was made, 0 to 1,023; undefined where it is none. Case does not count:
 * some hosts do not keep it. */
export function ageInDays(stamp: string, now: number): number | undefined {
  if (!/^[a-z2-7]{2}$/i.test(stamp)) return undefined;
  const [high = 0, low = 0] = [...stamp.toUpperCase()].map((letter) => alphabet.indexOf(letter));
  return (dayOf(now) - (high * 32 + low) + days) % days;
}

function dayOf(now: number): number {
  return Math.floor(now / day) % days;
}
