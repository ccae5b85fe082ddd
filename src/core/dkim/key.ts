// The keys of a domain: pairs of an RSA and an Ed25519 key, which come and go together, each pair under
// a name from which its two selectors are made.

import type { Domain } from "../mail/domain.ts";

/** RFC 6376 §3.3.1 and RFC 8463. Whoever cannot verify the second verifies the first. */
export type KeyAlgorithm = "rsa" | "ed25519";

export const keyAlgorithms = ["rsa", "ed25519"] as const satisfies readonly KeyAlgorithm[];

/** Prepared: to be published. Active: signs. Retired: signs no more; stays published as long as mail
 * that it signed may be under way. */
export type KeyState = "prepared" | "active" | "retired";

/** UTC milliseconds; null for what has not happened. */
export interface KeyTimes {
  readonly createdAt: number;
  readonly activeAt: number | null;
  readonly retiredAt: number | null;
}

/** What all may know of a pair. */
export interface KeyPairView extends KeyTimes {
  readonly domain: Domain;
  /** Unique in its domain. */
  readonly name: string;
  /** As DNS has them, in base 64 (`p=`). */
  readonly publicKeys: Readonly<Record<KeyAlgorithm, string>>;
}

export function stateOf({ activeAt, retiredAt }: Omit<KeyTimes, "createdAt">): KeyState {
  if (retiredAt !== null) return "retired";
  return activeAt === null ? "prepared" : "active";
}

const day = 86_400_000;
/** What mail may take behind us: a secondary MX keeps it for some days, too. */
const margin = 7 * day;

/** UTC milliseconds until which a retired pair stays published; null for one that is in use.
 * @param giveUpAfter milliseconds that a message may wait in our queue */
export function publishedUntil(
  { retiredAt }: Pick<KeyTimes, "retiredAt">,
  giveUpAfter: number,
): number | null {
  return retiredAt === null ? null : retiredAt + giveUpAfter + margin;
}

export function selectorOf(name: string, algorithm: KeyAlgorithm): string {
  return `${name}-${algorithm}`;
}

/** A name for a new pair: the day, and a number behind it where the day has one already.
 * @param today such as 20261126 */
export function newKeyName(today: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? today : `${today}-${number}`;
    if (!taken.includes(name)) return name;
  }
}
