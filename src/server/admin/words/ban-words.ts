// What is said of bans, on a terminal and on the page.

import { type Ban, type BanReason, isInForce } from "../../../core/guessing/ban.ts";
import { formatIp, formatPrefix, type Prefix } from "../../../core/mail/ip.ts";
import { addressBits } from "../../../core/mail/ip-number.ts";
import { formatSpan, formatTime } from "./times.ts";

export const banReasons: Readonly<Record<BanReason, string>> = {
  guesses: "wrong passwords",
  names: "many user names",
  network: "wrong passwords from all over the network",
  operator: "added by you",
};

/** A single address as such. */
export function prefixText(prefix: Prefix): string {
  const { address, length } = prefix;
  return length === addressBits[address.version] ? formatIp(address) : formatPrefix(prefix);
}

export function describeReason({ reason, note }: Ban): string {
  // Names and notes may hold anything: nothing of it reaches the terminal as a command.
  const shown = JSON.stringify(note).slice(1, -1);
  return note === "" ? banReasons[reason] : `${banReasons[reason]}: ${shown}`;
}

/** @param now UTC milliseconds. */
export function describeEnd(ban: Ban, now: number): string {
  if (ban.until === null) return "lifted";
  if (!isInForce(ban, now)) return `over since ${formatTime(ban.until)}`;
  return `${formatTime(ban.until)} (${formatSpan(ban.until - now)})`;
}

export function describeTimes({ times }: Ban): string {
  return times === 1 ? "the first ban" : `ban number ${times}`;
}

export function describeGuesses({ evidence: { guesses, last } }: Ban): string {
  return last === null ? "none" : `${guesses}, the last at ${formatTime(last)}`;
}
