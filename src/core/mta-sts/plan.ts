// What is to be done about a domain's policy, from what is known of it (RFC 8461 §3.3 and §5.1).

import type { StsPolicy } from "./policy.ts";
import type { StsRecordAnswer } from "./record.ts";

/** A policy as it was fetched. */
export interface KnownPolicy extends StsPolicy {
  /** What the DNS called it then. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly fetchedAt: number;
}

export type StsPlan =
  /** There is no policy, or none that is known: as if the domain knew nothing of MTA-STS. */
  | { readonly do: "without" }
  /** The policy that is known holds. */
  | { readonly do: "use" }
  /** There is another one; until it is there, that which is known holds, if it has not expired. */
  | { readonly do: "fetch"; readonly id: string };

export function expiresAt({ fetchedAt, maxAge }: KnownPolicy): number {
  return fetchedAt + maxAge * 1000;
}

/** @param now UTC milliseconds. */
export function holds(policy: KnownPolicy | undefined, now: number): policy is KnownPolicy {
  return policy !== undefined && expiresAt(policy) > now;
}

/** No record, or no answer, does not take away what is known: whoever stands between could make
 * both (§5.1). @param now UTC milliseconds. */
export function planPolicy(
  known: KnownPolicy | undefined,
  record: StsRecordAnswer,
  now: number,
): StsPlan {
  const isGood = holds(known, now);
  if (record.kind === "id" && !(isGood && known.id === record.id)) {
    return { do: "fetch", id: record.id };
  }
  return { do: isGood ? "use" : "without" };
}
