import { isDeepStrictEqual } from "node:util";
import type { Settings } from "../../core/config/settings.ts";

const fixed = ["hostname", "data", "user", "listeners", "tls", "logins", "store"] as const;

/** What of a new configuration holds from the next start on only, one sentence each. */
export function needsRestart(before: Settings, next: Settings): readonly string[] {
  const changed: string[] = fixed.filter((key) => !isDeepStrictEqual(before[key], next[key]));
  if (before.limits.memory !== next.limits.memory) changed.push("limits.memory");
  return changed.map((key) => `${key} has changed, which needs a restart`);
}
