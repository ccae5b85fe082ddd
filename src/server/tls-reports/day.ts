// Days as reports have them: in UTC, named `2026-11-26`.

export const dayLength = 86_400_000;

/** @param time UTC milliseconds. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** UTC milliseconds. */
export function beginOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
