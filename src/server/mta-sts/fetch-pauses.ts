// How often a policy is asked for: not with every mail while it cannot be had (RFC 8461 §3.3).

import type { Domain } from "../../core/mail/domain.ts";

export interface FetchPauses {
  /** Whether the policy that the DNS calls so may be fetched now. */
  mayFetch(domain: Domain, id: string): boolean;
  fetched(domain: Domain, id: string, isGood: boolean): void;
}

interface Pause {
  readonly id: string;
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly failures: number;
}

/** Milliseconds; doubled with each failure, up to the longest. */
const shortest = 300_000;
const longest = 3_600_000;
/** Domains that are remembered. */
const mostDomains = 10_000;

/** @param elapsed monotonic milliseconds. */
export function createFetchPauses(elapsed: () => number): FetchPauses {
  const pauses = new Map<Domain, Pause>();
  return {
    mayFetch(domain, id) {
      const pause = pauses.get(domain);
      return pause === undefined || pause.id !== id || elapsed() >= pause.until;
    },
    // A good one has its pause as well: it may say that it holds for no time at all.
    fetched(domain, id, isGood) {
      const before = pauses.get(domain);
      const failures = isGood ? 0 : (before?.id === id ? before.failures : 0) + 1;
      const length = Math.min(longest, shortest * 2 ** Math.max(0, failures - 1));
      pauses.delete(domain);
      const [oldest] = pauses.keys();
      if (pauses.size >= mostDomains && oldest !== undefined) pauses.delete(oldest);
      pauses.set(domain, { id, until: elapsed() + length, failures });
    },
  };
}
