// Finds the lane of each destination, makes it when its first job comes, and forgets it when it has
// no work left.

import type { Lane } from "./job.ts";
import { type Target, targetKey } from "./target.ts";

export interface Lanes {
  of(target: Target): Lane;
  closeAll(): void;
}

/** @param create makes a lane; it calls `onEmpty` when the lane may be forgotten. */
export function createLanes(create: (target: Target, onEmpty: () => void) => Lane): Lanes {
  const lanes = new Map<string, Lane>();
  return {
    of(target) {
      const key = targetKey(target);
      let lane = lanes.get(key);
      if (lane === undefined) {
        lane = create(target, () => lanes.delete(key));
        lanes.set(key, lane);
      }
      return lane;
    },
    closeAll() {
      for (const lane of lanes.values()) lane.close();
    },
  };
}
