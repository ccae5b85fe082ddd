// A ban from logging in, with what led to it.

import type { Prefix } from "../mail/ip.ts";

/** Why: wrong passwords from one client, many user names from one client, wrong passwords from many
 * clients of one network, or the operator's word. */
export type BanReason = "guesses" | "names" | "network" | "operator";

export interface Evidence {
  /** Different wrong logins that are remembered. */
  readonly guesses: number;
  /** Some of the user names that were tried. */
  readonly names: readonly string[];
  /** The last wrong login, UTC milliseconds; null where there was none. */
  readonly last: number | null;
}

export interface Ban {
  readonly prefix: Prefix;
  readonly reason: BanReason;
  /** The operator's own words; empty for none. */
  readonly note: string;
  /** UTC milliseconds. */
  readonly since: number;
  /** UTC milliseconds; null: until it is lifted. */
  readonly until: number | null;
  /** Which ban of this client or network it is, from 1. */
  readonly times: number;
  readonly evidence: Evidence;
}

/** A clock that was set back ends a ban rather than make it last. */
export function isInForce({ since, until }: Ban, utc: number): boolean {
  return until === null || (since <= utc && utc < until);
}

/** What a ban is for, before it is known for how long. */
export type Charge = Pick<Ban, "prefix" | "reason" | "evidence">;

/** The ban that follows: longer each time.
 * @param before the last ban of the same prefix, if one is remembered.
 * @param lengths milliseconds, of the first ban, the second and so on; the last one stays. */
export function sentence(
  charge: Charge,
  before: Ban | undefined,
  { lengths, utc }: { readonly lengths: readonly number[]; readonly utc: number },
): Ban {
  const times = (before?.times ?? 0) + 1;
  const length = lengths[Math.min(times, lengths.length) - 1] ?? 0;
  return { ...charge, note: "", since: utc, until: utc + length, times };
}
