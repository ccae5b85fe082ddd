// The queue in words.

import { formatAddress, formatReversePath } from "../core/mail/address.ts";
import { formatNotify } from "../core/mail/notice-request.ts";
import { formatMessageId } from "../core/queue/message.ts";
import { describeProtection } from "../core/smtp/client/protection.ts";
import type {
  QueueAttempt,
  QueueDestination,
  QueueDetail,
  QueueEntry,
  QueueRecipient,
} from "../io/store/message-store.ts";
import { formatSpan, formatTime, wrap } from "./table.ts";

export const queueHeader = ["ID", "AGE", "OCTETS", "SENDER", "RECIPIENT", "STATE"] as const;

/** One row for each recipient that is not done with; the message's own columns stand in the first. */
export function describeEntry(entry: QueueEntry, now: number): readonly (readonly string[])[] {
  const open = entry.recipients.filter(({ state }) => state === "waiting" || state === "held");
  return open.map((recipient, row) => {
    const message = [
      formatMessageId(entry.id),
      formatSpan(now - entry.receivedAt),
      String(entry.size),
      `<${formatReversePath(entry.sender)}>`,
    ];
    return [
      ...message.map((cell) => (row === 0 ? cell : "")),
      formatAddress(recipient.address),
      describeState(recipient, now, entry.releaseAt),
    ];
  });
}

function describeAttempts({ attempts }: QueueRecipient): string {
  return attempts === 1 ? "1 attempt" : `${attempts} attempts`;
}

function describeState(recipient: QueueRecipient, now: number, releaseAt?: number): string {
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

function describeWish({ tlsWish }: QueueDetail): string {
  if (tlsWish === undefined) return "";
  return tlsWish === "required"
    ? "  goes on under TLS alone, as its sender requires (REQUIRETLS)\n"
    : "  goes on whatever comes of TLS, as its sender asks (TLS-Required: No)\n";
}

function describeRequest({ returns, envelopeId }: QueueDetail): string {
  const asked = [
    ...(returns === undefined ? [] : [`RET=${returns === "full" ? "FULL" : "HDRS"}`]),
    ...(envelopeId === undefined ? [] : [`ENVID=${envelopeId}`]),
  ];
  return asked.length === 0 ? "" : `  its sender asks for notices with ${asked.join(" ")}\n`;
}

function describeTiming({ priority, deliverBy }: QueueDetail): string {
  const urgency = priority === undefined ? "" : `  priority ${priority} (MT-PRIORITY)\n`;
  if (deliverBy === undefined) return urgency;
  const missed = deliverBy.missed === "return" ? "returns" : "its sender is told";
  return `${urgency}  to be delivered by ${formatTime(deliverBy.until)}, else ${missed} (DELIVERBY)\n`;
}

function describeRecipientRequest({ notify, originalRecipient }: QueueRecipient): string {
  const asked = [
    ...(notify === undefined ? [] : [`NOTIFY=${formatNotify(notify)}`]),
    ...(originalRecipient === undefined ? [] : [`ORCPT=${originalRecipient}`]),
  ];
  return asked.length === 0 ? "" : `    ${asked.join(" ")}\n`;
}

/** Everything about one message, and what would move it. */
export function describeMessage(detail: QueueDetail, now: number): string {
  const { origin } = detail;
  const from =
    origin.client === undefined
      ? "written by this server"
      : `from ${origin.client} (${origin.hello ?? ""}) at ${origin.listener ?? ""}${origin.login === undefined ? "" : `, account ${origin.login}`}`;
  const recipients = detail.recipients.map(
    (recipient) =>
      `  ${formatAddress(recipient.address)} (${recipient.kind}), ${describeAttempts(recipient)}\n` +
      `    ${describeState(recipient, now, detail.releaseAt)}\n` +
      describeRecipientRequest(recipient),
  );
  const attempts = detail.attempts.map((attempt) => describeAttempt(detail, attempt));
  return (
    `Message ${formatMessageId(detail.id)}\n` +
    `  received ${formatTime(detail.receivedAt)}, ${from}\n` +
    `  sender <${formatReversePath(detail.sender)}>, ${detail.size} octets\n` +
    describeWish(detail) +
    (detail.isJunk ? "  goes into the Junk folder of mailboxes here\n" : "") +
    describeRequest(detail) +
    describeTiming(detail) +
    (detail.host === undefined ? "" : `  delivered by ${detail.host}\n`) +
    `Recipients\n${recipients.join("")}` +
    (attempts.length === 0 ? "No attempts yet.\n" : `Attempts\n${attempts.join("")}`)
  );
}

/** Hosts and their words are of any length: below one another they fit a terminal. */
function describeAttempt({ recipients }: QueueDetail, attempt: QueueAttempt): string {
  const { at, index, peer, state, said, protection } = attempt;
  const recipient = formatAddress(recipients[index]?.address ?? { local: "?", domain: "?" });
  const by = protection === undefined ? peer : `${peer}, ${describeProtection(protection)}`;
  return (
    `  ${formatTime(at)}  ${recipient}  ${state}\n` + (by === "" ? "" : wrap(by, 4)) + wrap(said, 4)
  );
}
