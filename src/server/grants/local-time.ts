/** UTC milliseconds of a time as this machine's clock on the wall shows it, which is given as if it
 * were UTC. */
export function fromLocalTime(asUtc: number): number {
  const shown = new Date(asUtc);
  return new Date(
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
    shown.getUTCMilliseconds(),
  ).getTime();
}
