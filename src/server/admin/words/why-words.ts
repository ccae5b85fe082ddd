// What is said of a message that waits: why, and for how long it may.

import type { WhyRecipient } from "../why-waiting.ts";
import { formatSpan, formatTime } from "./times.ts";

/** @param now UTC milliseconds */
export function describeCause(cause: WhyRecipient["cause"], now: number): string {
  switch (cause.kind) {
    case "in-delivery":
      return cause.host === undefined
        ? `on its way to ${cause.destination}: waits for a connection, or for what its rate lets through`
        : `in delivery right now, to ${cause.host}`;
    case "destination-down":
      return `waits for ${cause.destination}, which is down since ${formatTime(cause.since)} (${formatSpan(now - cause.since)}); next try ${inTime(cause.nextTry, now)}`;
    case "in-line":
      return `stands in line for ${cause.destination}: it takes mail, and others are served first`;
    case "own-schedule":
      return `waits by its own schedule: next attempt ${inTime(cause.nextAttempt, now)}`;
    case "until-release":
      return `waits until ${formatTime(cause.releaseAt)} (${formatSpan(cause.releaseAt - now)}), as its sender asked`;
    case "due":
      return "is due: it is begun as soon as there is room";
    case "held":
      return "held by an operator until it is released";
    case "account-stopped":
      return `held, because the sending of ${cause.account} was stopped: ${cause.why}`;
  }
}

function inTime(time: number, now: number): string {
  return time <= now ? "now" : `in ${formatSpan(time - now)}, at ${formatTime(time)}`;
}

/** When its sender is told, and when it is given up. */
export function describeEnd({ warnIn, giveUpIn, cause }: WhyRecipient): string {
  const isHeld = cause.kind === "held" || cause.kind === "account-stopped";
  if (isHeld) return "its time stands still meanwhile";
  if (cause.kind === "until-release") return "the time for which it is tried begins then";
  const end = `it is given up in ${formatSpan(giveUpIn)}`;
  if (warnIn === undefined || warnIn >= giveUpIn) return end;
  return `its sender is told that it is late in ${formatSpan(warnIn)}; ${end}`;
}
