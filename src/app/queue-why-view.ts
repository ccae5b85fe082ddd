// Why a message waits, in words.

import { formatAddress, formatReversePath } from "../core/mail/address.ts";
import { formatMessageId } from "../core/queue/message.ts";
import type { QueueWhy } from "../server/admin/operations.ts";
import type { WhyRecipient } from "../server/admin/why-waiting.ts";
import { formatSpan, formatTime, wrap } from "./table.ts";

/** @param now UTC milliseconds */
export function describeWhy({ message, recipients }: QueueWhy, now: number): string {
  const sender = formatReversePath(message.sender);
  const age = formatSpan(now - message.receivedAt);
  const host = message.host === undefined ? "" : `, delivered by ${message.host}`;
  const head = `Message ${formatMessageId(message.id)} from <${sender}>, received ${age} ago${host}\n`;
  return head + recipients.map((recipient) => describeRecipient(recipient, now)).join("");
}

function describeRecipient(recipient: WhyRecipient, now: number): string {
  const { address, attempts, said, peer, command } = recipient;
  const tried = attempts === 0 ? "not tried itself" : `tried ${times(attempts)}`;
  const by = peer === undefined ? "" : ` (${peer})`;
  const lines = [
    describeCause(recipient.cause, now),
    ...(said === undefined ? [] : [`last words${by}: ${said}`]),
    describeEnd(recipient),
    ...(command === undefined ? [] : [`to move it now: ${command}`]),
  ];
  return `${formatAddress(address)}, ${tried}\n${lines.map((line) => wrap(line, 2)).join("")}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function describeCause(cause: WhyRecipient["cause"], now: number): string {
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

function describeEnd({ warnIn, giveUpIn, cause }: WhyRecipient): string {
  const isHeld = cause.kind === "held" || cause.kind === "account-stopped";
  if (isHeld) return "its time stands still meanwhile";
  if (cause.kind === "until-release") return "the time for which it is tried begins then";
  const end = `it is given up in ${formatSpan(giveUpIn)}`;
  if (warnIn === undefined || warnIn >= giveUpIn) return end;
  return `its sender is told that it is late in ${formatSpan(warnIn)}; ${end}`;
}
