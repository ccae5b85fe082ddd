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
  const number = digit(stamp.charAt(0)) * 32 + digit(stamp.charAt(1));
  return (dayOf(now) - number + days) % days;
}

function digit(letter: string): number {
  return alphabet.indexOf(letter.toUpperCase());
}

function dayOf(now: number): number {
  return Math.floor(now / day) % days;
}
