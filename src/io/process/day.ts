/** The day of a time in UTC, as 20261126. @param now UTC milliseconds. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10).replaceAll("-", "");
}
