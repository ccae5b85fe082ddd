// Lengths of time, as a configuration writes them: `90s`, `15m`, `3h`, `5d`.

import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";

/** What to write, for messages. */
export const durationExpected = "a whole number with a unit, such as 90s, 15m, 3h or 5d";

export const durationPattern = "^[1-9][0-9]*[smhd]$";

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The platform's timers hold 2^31 ms, a little under 25 days; a longer one would fire at once. */
const longest = 24 * 86_400_000;

/** Of what no timer waits for: some ten years. */
const longestKept = 3660 * 86_400_000;

/** Milliseconds of a duration, or what is wrong with it. */
export function readDuration(text: string): Result<number, string> {
  return readUpTo(text, longest);
}

/** Of how long something is kept, which may be long. */
export function readLongDuration(text: string): Result<number, string> {
  return readUpTo(text, longestKept);
}

function readUpTo(text: string, most: number): Result<number, string> {
  if (!new RegExp(durationPattern).test(text)) return bad(unfit(text, durationExpected));
  const milliseconds = Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? Number.NaN);
  return milliseconds <= most
    ? good(milliseconds)
    : bad(`${text} is too long; write a duration of ${formatDuration(most)} or less`);
}

/** The shortest way to write so many milliseconds: `5400000` is `90m`. */
export function formatDuration(milliseconds: number): string {
  const fits = Object.entries(units).filter(([, length]) => milliseconds % length === 0);
  const [unit, length] = fits.at(-1) ?? ["ms", 1];
  return `${milliseconds / length}${unit}`;
}
