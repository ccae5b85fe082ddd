// Signing keys in words.

import type { DkimKeyReport } from "../server/admin/operations.ts";
import { formatTime } from "../server/admin/words/times.ts";
import { formatTable } from "./table.ts";

/** @param now UTC milliseconds. */
export function dkimTable(keys: readonly DkimKeyReport[], now: number): string {
  const rows = keys.map((key) => [key.domain, key.name, key.state, describeState(key, now)]);
  return formatTable([["DOMAIN", "NAME", "STATE", ""], ...rows]);
}

function describeState(key: DkimKeyReport, now: number): string {
  if (key.publicKeys === null) {
    return `damaged: bailiwick dkim retire ${key.domain} ${key.name}`;
  }
  switch (key.state) {
    case "prepared":
      return `made ${formatTime(key.createdAt)}; signs once it is published: bailiwick dns ${key.domain}`;
    case "active":
      return `signs since ${formatTime(key.activeAt ?? 0)}`;
    case "retired": {
      const until = key.publishedUntil ?? 0;
      return until > now
        ? `stays published until ${formatTime(until)}`
        : `nobody needs it: take it out of the DNS, then bailiwick dkim remove ${key.domain} ${key.name}`;
    }
  }
}
