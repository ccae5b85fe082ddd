// What the store does for MTA-STS policies of other domains: the contract for the server, free of any
// engine.

import type { Domain } from "../../core/mail/domain.ts";
import type { KnownPolicy } from "../../core/mta-sts/plan.ts";

export interface KeptPolicy {
  readonly domain: Domain;
  readonly policy: KnownPolicy;
  /** UTC milliseconds of the last use, by the day or so. */
  readonly usedAt: number;
}

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface StsPolicyStore {
  find(domain: Domain): Promise<KeptPolicy | undefined>;
  /** In the place of the one before. */
  keep(kept: KeptPolicy): Promise<void>;
  /** Notes that it was of use, at that time (UTC ms). */
  use(domain: Domain, time: number): Promise<void>;
  /** Those to fetch again: used since `usedSince` and fetched before `fetchedBefore` (UTC ms), the
   * oldest first. */
  stale(query: StaleQuery): Promise<readonly KeptPolicy[]>;
  /** Forgets those that have expired before `time`, UTC ms. */
  dropExpired(time: number): Promise<void>;
}

interface StaleQuery {
  readonly usedSince: number;
  readonly fetchedBefore: number;
  readonly limit: number;
}
