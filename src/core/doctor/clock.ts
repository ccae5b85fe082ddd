// Does the clock tell the time? Nobody else is asked: it is judged by what it cannot be.

import { type Finding, ok, problem, warning } from "./finding.ts";

export interface ClockFacts {
  /** UTC milliseconds, by the clock. */
  readonly now: number;
  /** The same for people. */
  readonly shown: string;
  /** UTC milliseconds at which this program's files, or the data's, were written last: it is later. */
  readonly newest: number;
  /** What sets the clock, such as `chronyd`; undefined where nothing is seen that does. */
  readonly keeper: string | undefined;
  readonly inContainer: boolean;
}

const minute = 60_000;
const year = 365.25 * 86_400_000;
/** So long after its files were written nobody runs a program. */
const longest = 15 * year;
/** The begin of 2026: nothing of this program is older. Files may say so: packers write the year 1970 or 1985 on all that
 * they pack, so that the same comes out each time. */
const firstWritten = 1_767_225_600_000;

export function judgeClock(facts: ClockFacts): readonly Finding[] {
  const { now, shown, keeper, inContainer } = facts;
  const newest = Math.max(facts.newest, firstWritten);
  if (now < newest - minute || now > newest + longest) {
    return [
      problem(`the clock says ${shown}, which it cannot be`, {
        why: "certificates and signatures look expired or not yet valid, and mail waits wrongly",
        remedy: "set it (`timedatectl set-ntp true`, or install chrony)",
      }),
    ];
  }
  if (keeper !== undefined) return [ok(`the clock says ${shown}, and ${keeper} keeps it`)];
  if (inContainer) return [ok(`the clock says ${shown}; it is that of the container's host`)];
  return [
    warning(`the clock says ${shown}, and nothing is seen that keeps it right`, {
      why: "a clock that is minutes off breaks logins by tokens, and signatures of mail",
      remedy: "run `timedatectl set-ntp true`, or install chrony",
    }),
  ];
}
