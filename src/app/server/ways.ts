// A name for the part of the configuration by which mail finds its way: where it is the same, messages
// that wait for a destination still go there.

import { createHash } from "node:crypto";
import type { Settings } from "../../core/config/settings.ts";

export function waysOf({ routes, domains }: Pick<Settings, "routes" | "domains">): string {
  // Where it stands in the file says nothing of it.
  const text = JSON.stringify([routes, domains], (key, value: unknown) =>
    key === "place" ? undefined : value,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
