// When a line was written, by what stands at its front.

import { time } from "./syslog.ts";

export interface TimeContext {
  /** UTC milliseconds. */
  readonly now: number;
  /** UTC milliseconds of a time of the day as this machine's clock on the wall shows it, which is given
   * as if it were UTC. */
  readonly fromLocal: (asUtc: number) => number;
}

const front = new RegExp(`^${time}(?= )`, "u");
const classic = /^(?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<clock>\d\d:\d\d:\d\d)$/u;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const day = 86_400_000;

/** UTC milliseconds; undefined where the line does not begin with a time. */
export function readLogTime(line: string, { now, fromLocal }: TimeContext): number | undefined {
  const text = front.exec(line)?.[0];
  if (text === undefined) return undefined;
  const short = classic.exec(text)?.groups;
  if (short === undefined) return readLong(text, fromLocal);
  const { month = "", day: dayText = "", clock = "" } = short;
  const monthText = String(months.indexOf(month) + 1).padStart(2, "0");
  const rest = `-${monthText}-${dayText.trim().padStart(2, "0")}T${clock}Z`;
  // It says no year: the latest that has begun, for logs have no lines of tomorrow.
  const thisYear = Number(isoOf(now).slice(0, 4));
  const candidates = [thisYear + 1, thisYear, thisYear - 1]
    .map((year) => fromLocal(parse(`${year}${rest}`)))
    .filter((at) => at <= now + day);
  return candidates[0];
}

function readLong(text: string, fromLocal: TimeContext["fromLocal"]): number | undefined {
  const iso = text.replace(" ", "T").replace(",", ".");
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/u.test(iso);
  const at = zoned ? parse(iso.replace(/(\d\d)(\d\d)$/u, "$1:$2")) : fromLocal(parse(`${iso}Z`));
  return Number.isNaN(at) ? undefined : at;
}

/** Not a number for a date that there is not. */
function parse(iso: string): number {
  // oxlint-disable-next-line no-restricted-globals -- the time is given; no clock is read
  return Date.parse(iso);
}

function isoOf(at: number): string {
  // oxlint-disable-next-line no-restricted-globals -- the time is given; no clock is read
  return new Date(at).toISOString();
}
