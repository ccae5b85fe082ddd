// A bound on the octets of messages that are held in memory, over all connections and deliveries.

export interface MemoryBudget {
  /** Takes `octets` if there is room; false leaves everything as it was. */
  reserve(octets: number): boolean;
  release(octets: number): void;
  readonly used: number;
  /** More than half is used: what can also be had from the store should not be held. */
  readonly isTight: boolean;
}

/** @param limit octets in all. */
export function createMemoryBudget(limit: number): MemoryBudget {
  let used = 0;
  return {
    reserve(octets) {
      if (used + octets > limit) return false;
      used += octets;
      return true;
    },
    release(octets) {
      used -= octets;
    },
    get used() {
      return used;
    },
    get isTight() {
      return used > limit / 2;
    },
  };
}
