// What is said of grants, on a terminal and on the page.

import type { GrantUse } from "../../../io/store/grant-store.ts";
import type { GrantView } from "../operations.ts";
import { formatSpan, formatTime } from "./times.ts";

/** Until when it counts. @param now UTC milliseconds. */
export function describeGrantEnd(grant: GrantView, now: number): string {
  const { state, expiresAt, revokedAt } = grant;
  switch (state) {
    case "open":
      return "the session's end";
    case "closed":
      return `${formatTime(expiresAt ?? now)} (${formatSpan((expiresAt ?? now) - now)})`;
    case "over":
      return `over since ${formatTime(expiresAt ?? now)}`;
    case "revoked":
      return `revoked ${formatTime(revokedAt ?? now)}`;
  }
}

/** What one account relayed with one program for having read mail. */
export interface UseInAll {
  /** Empty where the source of the grant names none. */
  readonly account: string;
  readonly software: string;
  readonly messages: number;
  /** On how many days. */
  readonly days: number;
  readonly lastDay: string;
}

/** The most used first. @param uses in the order of days */
export function usesInAll(uses: readonly GrantUse[]): readonly UseInAll[] {
  const groups = Map.groupBy(uses, ({ account, software }) => JSON.stringify([account, software]));
  return Array.from(groups.values(), (days) => ({
    account: days[0]?.account ?? "",
    software: days[0]?.software ?? "",
    messages: days.reduce((sum, { messages }) => sum + messages, 0),
    days: new Set(days.map(({ day }) => day)).size,
    lastDay: days.at(-1)?.day ?? "",
  })).toSorted((one, other) => other.messages - one.messages);
}
