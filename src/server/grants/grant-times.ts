// Grants carry one kind of time in memory, which nobody sets, and UTC in the store and for people.

import type { Grant } from "../../core/grants/grant.ts";
import type { SteadyTime } from "./steady-time.ts";

export function inUtc(grant: Grant, time: SteadyTime): Grant {
  return convert(grant, (each) => time.toUtc(each));
}

export function inSteadyTime(grant: Grant, time: SteadyTime): Grant {
  return convert(grant, (each) => time.fromUtc(each));
}

function convert(grant: Grant, change: (time: number) => number): Grant {
  const { endedAt, revokedAt } = grant;
  return {
    ...grant,
    openedAt: change(grant.openedAt),
    heardAt: change(grant.heardAt),
    endedAt: endedAt === null ? null : change(endedAt),
    revokedAt: revokedAt === null ? null : change(revokedAt),
  };
}
