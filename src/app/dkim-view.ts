// Signing keys in words.

import type { DkimKeyReport } from "../server/admin/operations.ts";
import { describeKey } from "../server/admin/words/dkim-words.ts";
import { formatTable } from "./table.ts";

/** @param now UTC milliseconds. */
export function dkimTable(keys: readonly DkimKeyReport[], now: number): string {
  const rows = keys.map((key) => [key.domain, key.name, key.state, describeKey(key, now)]);
  return formatTable([["DOMAIN", "NAME", "STATE", ""], ...rows]);
}
