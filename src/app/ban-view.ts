// Bans in words.

import type { Ban } from "../core/guessing/ban.ts";
import {
  describeEnd,
  describeGuesses,
  describeReason,
  describeTimes,
  prefixText,
} from "../server/admin/words/ban-words.ts";
import { formatTime } from "../server/admin/words/times.ts";
import { formatTable } from "./table.ts";

/** @param now UTC milliseconds. */
export function banTable(bans: readonly Ban[], now: number): string {
  if (bans.length === 0) return "Nobody is banned.\n";
  const rows = bans.map((ban) => [
    prefixText(ban.prefix),
    formatTime(ban.since),
    describeEnd(ban, now),
    String(ban.times),
    String(ban.evidence.guesses),
    describeReason(ban),
  ]);
  return formatTable([["BANNED", "SINCE", "UNTIL", "TIMES", "GUESSES", "WHY"], ...rows]);
}

/** @param now UTC milliseconds. */
export function describeBan(ban: Ban, now: number): string {
  const { names } = ban.evidence;
  const lines = [
    ["why", describeReason(ban)],
    ["since", formatTime(ban.since)],
    ["until", describeEnd(ban, now)],
    ["times", describeTimes(ban)],
    ["guesses", describeGuesses(ban)],
    ...(names.length > 0 ? [["names", names.map((name) => JSON.stringify(name)).join(", ")]] : []),
    ["lift it", `bailiwick bans lift ${prefixText(ban.prefix)}`],
  ];
  return `${prefixText(ban.prefix)}\n\n${formatTable(lines.map((line) => ["", ...line]))}`;
}
