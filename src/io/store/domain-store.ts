// What the store does for domains that were added beside the configuration's: the contract for the
// server, free of any engine.

import type { Domain } from "../../core/mail/domain.ts";

interface StoredDomain {
  readonly name: Domain;
  /** UTC milliseconds. */
  readonly createdAt: number;
  /** Its accounts send; no mail for it is taken. */
  readonly sendOnly: boolean;
}

export interface DomainStore {
  add(domain: StoredDomain): Promise<"added" | "exists">;
  /** Ordered by name. */
  list(): Promise<readonly StoredDomain[]>;
  /** Refused while accounts exist in it. */
  remove(name: Domain): Promise<"removed" | "missing" | "in-use">;
}
