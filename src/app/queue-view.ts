// The queue in words.

import { formatAddress, formatReversePath } from "../core/mail/address.ts";
import { formatMessageId } from "../core/queue/message.ts";
import { describeProtection } from "../core/smtp/client/protection.ts";
import type { QueueAttempt, QueueDetail, QueueEntry } from "../io/store/message-store.ts";
import {
  describeAttempts,
  describeOrigin,
  describeRecipientRequest,
  describeState,
  describeTraits,
} from "../server/admin/words/queue-words.ts";
import { formatSpan, formatTime } from "../server/admin/words/times.ts";
import { wrap } from "./table.ts";

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

/** Everything about one message, and what would move it. */
export function describeMessage(detail: QueueDetail, now: number): string {
  const recipients = detail.recipients.map(
    (recipient) =>
      `  ${formatAddress(recipient.address)} (${recipient.kind}), ${describeAttempts(recipient)}\n` +
      `    ${describeState(recipient, now, detail.releaseAt)}\n` +
      describeRecipientRequest(recipient)
        .map((request) => `    ${request}\n`)
        .join(""),
  );
  const attempts = detail.attempts.map((attempt) => describeAttempt(detail, attempt));
  return (
    `Message ${formatMessageId(detail.id)}\n` +
    `  received ${formatTime(detail.receivedAt)}, ${describeOrigin(detail)}\n` +
    `  sender <${formatReversePath(detail.sender)}>, ${detail.size} octets\n` +
    describeTraits(detail)
      .map((trait) => `  ${trait}\n`)
      .join("") +
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
