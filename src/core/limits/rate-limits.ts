// All limits over time on what is sent: messages and recipients, each counted apart, for each of the
// scopes. The state is here, and nothing else keeps any.

import { isSameRate, type Rate } from "./bucket.ts";
import type { Scope, Subject } from "./subject.ts";
import { createLimitTable, type LimitTable } from "./table.ts";
import { type Counted, describeLimit } from "./words.ts";

/** Where there is none, there is no limit. */
export type Rates = Readonly<Record<Scope, Readonly<Partial<Record<Counted, Rate | undefined>>>>>;

export interface RateLimits {
  /** The limit that one piece more of any of these would pass, in words. Takes nothing. */
  reached(what: readonly Counted[], subjects: readonly Subject[], now: number): string | undefined;
  /** Takes one piece from every subject's allowance, or none, if one is used up: then it says
   * which, in words. */
  take(what: Counted, subjects: readonly Subject[], now: number): string | undefined;
  readonly tables: Tables;
}

type Tables = Readonly<Record<Scope, Readonly<Partial<Record<Counted, LimitTable>>>>>;

/** Buckets of each limit: with all eight limits in use and under attack, some 80 MB. */
const capacity = 50_000;

/** @param before what counted until now: limits that have not changed go on with what is used. */
export function createRateLimits(rates: Rates, before?: RateLimits): RateLimits {
  const tables = createTables(rates, before?.tables);

  function reached(
    what: readonly Counted[],
    subjects: readonly Subject[],
    now: number,
  ): string | undefined {
    for (const { scope, key } of subjects) {
      for (const counted of what) {
        const table = tables[scope][counted];
        if (table?.hasRoom(key, now) === false) return describeLimit(table.rate, counted, scope);
      }
    }
    return undefined;
  }

  return {
    tables,
    reached,
    take(what, subjects, now) {
      const limit = reached([what], subjects, now);
      if (limit !== undefined) return limit;
      for (const { scope, key } of subjects) tables[scope][what]?.take(key, now);
      return undefined;
    },
  };
}

function createTables(rates: Rates, before: Tables | undefined): Tables {
  const tableFor = (scope: Scope, counted: Counted): LimitTable | undefined => {
    const rate = rates[scope][counted];
    const old = before?.[scope][counted];
    if (rate === undefined) return undefined;
    return old !== undefined && isSameRate(old.rate, rate) ? old : createLimitTable(rate, capacity);
  };
  const tablesOf = (scope: Scope): Tables[Scope] => {
    const messages = tableFor(scope, "messages");
    const recipients = tableFor(scope, "recipients");
    return { ...(messages && { messages }), ...(recipients && { recipients }) };
  };
  return {
    client: tablesOf("client"),
    network: tablesOf("network"),
    login: tablesOf("login"),
    grant: tablesOf("grant"),
  };
}
