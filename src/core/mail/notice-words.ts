// The part of a notice that people read: who was not reached, what the far host said, what to do.

import { tooLate } from "../queue/timing.ts";
import { printable } from "../smtp/reply.ts";
import { formatAddress } from "./address.ts";
import { formatDate } from "./date.ts";
import type { OriginalMessage, ReportedRecipient } from "./delivery-status.ts";
import { wrap } from "./wrap.ts";

const width = 72;

/** Plain text with CR LF line ends. */
export function formatWords(
  hostname: string,
  original: OriginalMessage,
  recipients: readonly ReportedRecipient[],
  enclosed: "header" | "message",
): string {
  const failed = recipients.filter(({ fate }) => fate.action === "failed");
  const delayed = recipients.filter(({ fate }) => fate.action === "delayed");
  const delivered = recipients.filter(({ fate }) => fate.action === "delivered");
  const relayed = recipients.filter(({ fate }) => fate.action === "relayed");
  const message = `Your message, which arrived here on ${formatDate(original.receivedAt)},`;
  return [
    ...wrap(`This is the mail system at ${hostname}.`, width),
    "",
    ...group(failed, (whom) => {
      return `${message} could not be delivered to ${whom}. No further attempt will be made.`;
    }),
    ...group(delayed, (whom) => {
      return `${message} has not been delivered to ${whom} yet. You need not send it again: it is still being tried.`;
    }),
    ...group(delivered, (whom) => `${message} was delivered to ${whom}.`),
    ...group(relayed, (whom) => {
      return `${message} was handed on for ${whom}. You may hear no more of it, unless it fails.`;
    }),
    ...wrap(
      `${enclosed === "message" ? "Your message" : "The header of your message"} is attached. For help, write to postmaster@${hostname} and ` +
        `name the queue ID ${original.id}.`,
      width,
    ),
    "",
  ].join("\r\n");
}

/** Nothing where there are none. */
function group(
  recipients: readonly ReportedRecipient[],
  introduction: (whom: string) => string,
): readonly string[] {
  if (recipients.length === 0) return [];
  const whom = recipients.length === 1 ? "this recipient" : "these recipients";
  return [
    ...wrap(introduction(whom), width),
    ...recipients.flatMap((recipient) => ["", ...describe(recipient)]),
    "",
  ];
}

function describe(recipient: ReportedRecipient): readonly string[] {
  const address = `<${formatAddress(recipient.address)}>`;
  const said = indent(`${introduce(recipient)}: ${printable(recipient.text)}`);
  const { action } = recipient.fate;
  // Of its own mailboxes a host tells that they have the mail, and no more.
  if (action === "delivered") return recipient.remote ? [address, ...said] : [address];
  if (action === "relayed") return [address, ...said];
  return [address, ...said, ...indent(`What you can do: ${advise(recipient)}`)];
}

function introduce({ host, remote, status, fate }: ReportedRecipient): string {
  const name = host === undefined ? undefined : `the host ${printable(host)}`;
  const speaker = remote ? `${name ?? "the host"} said` : undefined;
  if (isTransient(status)) {
    const where = name === undefined ? "no host was reached" : `with ${name}`;
    const over = fate.action === "failed" ? "The time for delivery is over. " : "";
    return `${over}At the last attempt, ${speaker ?? where}`;
  }
  if (speaker !== undefined) return capitalize(speaker);
  return name === undefined ? "Not delivered" : `Not sent to ${name}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function indent(text: string): readonly string[] {
  return wrap(text, width - 4).map((line) => `    ${line}`);
}

/** What we give up with such a status has failed for too long. */
function isTransient(status: string): boolean {
  return status.startsWith("4.") || status === tooLate.status;
}

/** By subject and detail of the enhanced status (RFC 3463 §3); the first that fits. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^\.1\.(1|2|3|6|10)$/, "check the address for a mistake; the mailbox may have moved or closed."],
  [/^\.1\.[78]$/, "check your own address: the host does not take mail from it."],
  [/^\.2\.2$/, "the mailbox is full; send again later, or tell the recipient in another way."],
  [/^\.(2\.3|3\.4)$/, "the message is too large for the host; send a smaller one."],
  [/^\.6\./, "the host cannot take such content; send it in another form, such as plain text."],
  [
    /^\.7\./,
    "this is a policy of the host; reach the recipient in another way and show the reason.",
  ],
];

function advise({ status, address, fate }: ReportedRecipient): string {
  if (fate.action === "delayed") {
    return `wait; if it cannot be delivered until ${formatDate(fate.until)}, you will be told.`;
  }
  if (isTransient(status))
    return "send the message again later, or reach the recipient in another way.";
  const detail = status.slice(1);
  const found = advice.find(([pattern]) => pattern.test(detail));
  return found?.[1] ?? `ask postmaster@${address.domain}, or reach the recipient in another way.`;
}
