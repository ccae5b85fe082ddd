// What is said of signing keys, on a terminal and on the page.

import type { DkimKeyReport } from "../operations.ts";
import { formatTime } from "./times.ts";

/** What it does, or what is to be done. @param now UTC milliseconds. */
export function describeKey(key: DkimKeyReport, now: number): string {
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
