// Why a message waits, in words.

import { formatAddress, formatReversePath } from "../core/mail/address.ts";
import { formatMessageId } from "../core/queue/message.ts";
import type { QueueWhy } from "../server/admin/operations.ts";
import type { WhyRecipient } from "../server/admin/why-waiting.ts";
import { formatSpan } from "../server/admin/words/times.ts";
import { describeCause, describeEnd } from "../server/admin/words/why-words.ts";
import { wrap } from "./table.ts";

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
