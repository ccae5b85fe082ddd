// Bans in words.

import { type Ban, type BanReason, isInForce } from "../core/guessing/ban.ts";
import { addressBits } from "../core/mail/ip-number.ts";
import { formatIp, formatPrefix, type Prefix } from "../core/mail/ip.ts";
import { formatSpan, formatTime } from "../server/admin/words/times.ts";
import { formatTable } from "./table.ts";

const reasons: Readonly<Record<BanReason, string>> = {
  guesses: "wrong passwords",
  names: "many user names",
  network: "wrong passwords from all over the network",
  operator: "added by you",
};

/** @param now UTC milliseconds. */
export function banTable(bans: readonly Ban[], now: number): string {
  if (bans.length === 0) return "Nobody is banned.\n";
  const rows = bans.map((ban) => [
    prefixText(ban.prefix),
    formatTime(ban.since),
    describeEnd(ban, now),
    String(ban.times),
    String(ban.evidence.guesses),
    reasonText(ban),
  ]);
  return formatTable([["BANNED", "SINCE", "UNTIL", "TIMES", "GUESSES", "WHY"], ...rows]);
}

/** @param now UTC milliseconds. */
export function describeBan(ban: Ban, now: number): string {
  const { guesses, names, last } = ban.evidence;
  const lines = [
    ["why", reasonText(ban)],
    ["since", formatTime(ban.since)],
    ["until", describeEnd(ban, now)],
    ["times", ban.times === 1 ? "the first ban" : `ban number ${ban.times}`],
    ["guesses", last === null ? "none" : `${guesses}, the last at ${formatTime(last)}`],
    ...(names.length > 0 ? [["names", names.map((name) => JSON.stringify(name)).join(", ")]] : []),
    ["lift it", `bailiwick bans lift ${prefixText(ban.prefix)}`],
  ];
  return `${prefixText(ban.prefix)}\n\n${formatTable(lines.map((line) => ["", ...line]))}`;
}

/** A single address as such. */
export function prefixText(prefix: Prefix): string {
  const { address, length } = prefix;
  return length === addressBits[address.version] ? formatIp(address) : formatPrefix(prefix);
}

function reasonText({ reason, note }: Ban): string {
  // Names and notes may hold anything: nothing of it reaches the terminal as a command.
  const shown = JSON.stringify(note).slice(1, -1);
  return note === "" ? reasons[reason] : `${reasons[reason]}: ${shown}`;
}

function describeEnd(ban: Ban, now: number): string {
  if (ban.until === null) return "lifted";
  if (!isInForce(ban, now)) return `over since ${formatTime(ban.until)}`;
  return `${formatTime(ban.until)} (${formatSpan(ban.until - now)})`;
}
