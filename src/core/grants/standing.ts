// What the grants at one address come to.

import type { GrantRules } from "./grant.ts";
import { expiryOf, type HeldGrant, isLive, isRecent } from "./held-grant.ts";

export type Standing =
  /** More accounts than one household has logged in from there lately. */
  | { readonly kind: "shared"; readonly accounts: number }
  | {
      readonly kind: "grants";
      /** Accounts whose grants are live; null for one that names none. */
      readonly live: readonly (string | null)[];
      /** Those that are over, the latest first. */
      readonly over: readonly OverGrant[];
    };

export interface OverGrant {
  readonly account: string | null;
  readonly expiredAt: number;
}

export function standingOf(grants: readonly HeldGrant[], rules: GrantRules, now: number): Standing {
  const accounts = new Set<string>();
  const live = new Set<string | null>();
  const over: OverGrant[] = [];
  for (const grant of grants) {
    const { account, revokedAt } = grant;
    if (account !== null && isRecent(grant, rules, now)) accounts.add(account);
    if (isLive(grant, rules, now)) live.add(account);
    else if (revokedAt === null)
      over.push({ account, expiredAt: expiryOf(grant, rules, now) ?? now });
  }
  if (accounts.size > rules.sharedAfter) return { kind: "shared", accounts: accounts.size };
  return {
    kind: "grants",
    live: [...live],
    over: over.toSorted((one, other) => other.expiredAt - one.expiredAt),
  };
}
