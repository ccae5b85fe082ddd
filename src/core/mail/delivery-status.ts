// The part of a notice that programs read: message/delivery-status (RFC 3464 §2), or
// message/global-delivery-status (RFC 6533 §4), where addresses stand in UTF-8.

import type { Said } from "../queue/outcome.ts";
import { type Address, formatAddress, needsSmtpUtf8 } from "./address.ts";
import { formatDate } from "./date.ts";
import { escapeCharacter } from "./escape.ts";
import type { MessageRequest, RecipientRequest } from "./notice-request.ts";
import { describeOriginalRecipient } from "./original-recipient.ts";
import { foldField } from "./wrap.ts";
import { decodePrintableXtext } from "./xtext.ts";

/** A recipient whose sender should know how it stands. */
export interface ReportedRecipient extends Said, Pick<RecipientRequest, "originalRecipient"> {
  readonly address: Address;
  readonly fate: Fate;
  /** The host that was talked to last; absent where it never came to that. */
  readonly host?: string;
  /** UTC milliseconds of the last attempt. */
  readonly lastAttempt: number;
}

export type Fate =
  /** It has been given up. */
  | { readonly action: "failed" }
  /** It is still being tried, until that time (UTC milliseconds) as far as can be said. */
  | { readonly action: "delayed"; readonly until: number }
  /** It is in the mailbox. */
  | { readonly action: "delivered" }
  /** A host has it that tells the sender of no success: this is the last that is heard of it. */
  | { readonly action: "relayed" };

/** How addresses beyond ASCII are written. */
export type StatusForm = "ascii" | "utf-8";

export interface OriginalMessage extends Pick<MessageRequest, "envelopeId"> {
  /** The name of the message in our logs. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** UTC milliseconds by which it was to be delivered (RFC 2852). */
  readonly deliverBy?: number;
}

/** The fields about the message, then those about each recipient, each group after an empty line. */
export function formatDeliveryStatus(
  hostname: string,
  original: OriginalMessage,
  recipients: readonly ReportedRecipient[],
  form: StatusForm,
): string {
  const message =
    formatEnvelopeId(original) +
    `Reporting-MTA: dns; ${hostname}\r\n` +
    `X-Bailiwick-Queue-ID: ${original.id}\r\n` +
    `Arrival-Date: ${formatDate(original.receivedAt)}\r\n` +
    (original.deliverBy === undefined
      ? ""
      : `Deliver-By-Date: ${formatDate(original.deliverBy)}\r\n`);
  return [message, ...recipients.map((one) => formatRecipient(one, form))].join("\r\n");
}

/** Never folded: every space of it is the sender's (RFC 3461 §6.3). */
function formatEnvelopeId({ envelopeId = "" }: OriginalMessage): string {
  const decoded = decodePrintableXtext(envelopeId);
  return decoded === undefined ? "" : `Original-Envelope-Id: ${decoded}\r\n`;
}

function formatRecipient(recipient: ReportedRecipient, form: StatusForm): string {
  const { address, originalRecipient, host, status, text, remote, lastAttempt, fate } = recipient;
  const original =
    originalRecipient === undefined
      ? ""
      : `Original-Recipient: ${describeOriginalRecipient(originalRecipient, form)}\r\n`;
  const remoteMta = host === undefined ? "" : foldField("Remote-MTA", `dns; ${inAscii(host)}`);
  // Whose mailbox it is in, where that is not the recipient's own name, is not the sender's business.
  const isPrivate = fate.action === "delivered" && !remote;
  const diagnostic = isPrivate
    ? ""
    : foldField("Diagnostic-Code", `${remote ? "smtp" : "X-Bailiwick"}; ${inAscii(text)}`);
  return (
    original +
    `Final-Recipient: ${typedAddress(address, form)}\r\n` +
    `Action: ${fate.action}\r\n` +
    `Status: ${status}\r\n` +
    remoteMta +
    diagnostic +
    `Last-Attempt-Date: ${formatDate(lastAttempt)}\r\n` +
    (fate.action === "delayed" ? `Will-Retry-Until: ${formatDate(fate.until)}\r\n` : "")
  );
}

/** In ASCII, an address beyond it goes as utf-8-addr-xtext of RFC 6533 §3. */
function typedAddress(address: Address, form: StatusForm): string {
  const text = formatAddress(address);
  if (!needsSmtpUtf8(address)) return `rfc822; ${text}`;
  if (form === "utf-8") return `utf-8; ${text}`;
  return `utf-8; ${text.replace(/[^!-~]|[\\+=]/gu, escapeCharacter)}`;
}

/** Foreign text in printable ASCII: nothing else may end a line of ours. */
function inAscii(text: string): string {
  return text.replace(/[^ -~]/gu, escapeCharacter);
}
