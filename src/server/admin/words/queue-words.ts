// What is said of messages in the queue, on a terminal and on the page.

import { formatNotify } from "../../../core/mail/notice-request.ts";
import type {
  QueueDestination,
  QueueDetail,
  QueueRecipient,
} from "../../../io/store/message-store.ts";
import { formatSpan, formatTime } from "./times.ts";

export function describeAttempts({ attempts }: QueueRecipient): string {
  return attempts === 1 ? "1 attempt" : `${attempts} attempts`;
}

/** @param now UTC milliseconds */
export function describeState(recipient: QueueRecipient, now: number, releaseAt?: number): string {
  const said = recipient.said === undefined ? "" : `: ${recipient.said}`;
  switch (recipient.state) {
    case "held":
      return `held${said}`;
    case "delivered":
    case "failed":
      return `${recipient.state}${said}`;
    case "waiting":
      if (recipient.destination !== undefined) return describeLine(recipient.destination, now);
      if (recipient.nextAttempt <= now) return `due now${said}`;
      if (recipient.nextAttempt === releaseAt) {
        return `waits until ${formatTime(releaseAt)}, as its sender asked`;
      }
      return `next attempt in ${formatSpan(recipient.nextAttempt - now)}${said}`;
  }
}

function describeLine({ name, downSince, nextTry, said }: QueueDestination, now: number): string {
  if (downSince === undefined || nextTry === undefined) return `in line for ${name}`;
  const next = nextTry <= now ? "now" : `in ${formatSpan(nextTry - now)}`;
  return `waits for ${name}, next try ${next}${said === undefined ? "" : `: ${said}`}`;
}

/** Who brought the message. */
export function describeOrigin({ origin }: Pick<QueueDetail, "origin">): string {
  const { client, hello = "", listener = "", login } = origin;
  if (client === undefined) return "written by this server";
  const account = login === undefined ? "" : `, account ${login}`;
  return `from ${client} (${hello}) at ${listener}${account}`;
}

/** What is special about the message, one thing a line. */
export function describeTraits(detail: QueueDetail): readonly string[] {
  return [
    ...describeWish(detail),
    ...(detail.isJunk ? ["goes into the Junk folder of mailboxes here"] : []),
    ...describeRequest(detail),
    ...describeTiming(detail),
    ...(detail.host === undefined ? [] : [`delivered by ${detail.host}`]),
  ];
}

function describeWish({ tlsWish }: QueueDetail): readonly string[] {
  if (tlsWish === undefined) return [];
  return tlsWish === "required"
    ? ["goes on under TLS alone, as its sender requires (REQUIRETLS)"]
    : ["goes on whatever comes of TLS, as its sender asks (TLS-Required: No)"];
}

function describeRequest({ returns, envelopeId }: QueueDetail): readonly string[] {
  const asked = [
    ...(returns === undefined ? [] : [`RET=${returns === "full" ? "FULL" : "HDRS"}`]),
    ...(envelopeId === undefined ? [] : [`ENVID=${envelopeId}`]),
  ];
  return asked.length === 0 ? [] : [`its sender asks for notices with ${asked.join(" ")}`];
}

function describeTiming({ priority, deliverBy }: QueueDetail): readonly string[] {
  const urgency = priority === undefined ? [] : [`priority ${priority} (MT-PRIORITY)`];
  if (deliverBy === undefined) return urgency;
  const missed = deliverBy.missed === "return" ? "returns" : "its sender is told";
  const by = `to be delivered by ${formatTime(deliverBy.until)}, else ${missed} (DELIVERBY)`;
  return [...urgency, by];
}

export function describeRecipientRequest(recipient: QueueRecipient): readonly string[] {
  const { notify, originalRecipient } = recipient;
  const asked = [
    ...(notify === undefined ? [] : [`NOTIFY=${formatNotify(notify)}`]),
    ...(originalRecipient === undefined ? [] : [`ORCPT=${originalRecipient}`]),
  ];
  return asked.length === 0 ? [] : [asked.join(" ")];
}
