// The delivery status notice for mail that failed or takes long: multipart/report (RFC 6522) with
// words for people, RFC 3464 fields for programs, and the header of the original (RFC 3461 §6).

import { type Address, formatAddress, needsSmtpUtf8 } from "./address.ts";
import { formatDate } from "./date.ts";
import {
  formatDeliveryStatus,
  type OriginalMessage,
  type ReportedRecipient,
} from "./delivery-status.ts";
import { type Domain, hasNonAscii } from "./domain.ts";
import type { ContentTraits } from "./envelope.ts";
import { formatWords } from "./notice-words.ts";
import { returnHeader } from "./original-header.ts";
import { encodeQuotedPrintable, isPlain } from "./quoted-printable.ts";

export interface NoticeParts {
  /** Our name. */
  readonly hostname: Domain;
  /** The name of the notice itself, unique here. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly now: number;
  /** The reverse-path of the original. There is no notice to the null reverse-path. */
  readonly to: Address;
  readonly original: OriginalMessage & {
    /** The first octets of its content, as many as are at hand; 50,000 are enough. */
    readonly beginning: Uint8Array;
  };
  /** At least one. */
  readonly recipients: readonly ReportedRecipient[];
  /** It is to arrive whatever comes of TLS, as the original was (RFC 8689 §6). */
  readonly isTlsOptional: boolean;
}

export interface Notice extends ContentTraits {
  /** To be sent with the null reverse-path (RFC 5321 §4.5.5). */
  readonly content: Uint8Array<ArrayBuffer>;
  readonly smtputf8: boolean;
}

/** Writes the notice. All of it is 7-bit ASCII, so that it passes every host on its way back; an
 * address of the sender that is beyond ASCII is the one exception. */
export function composeNotice(notice: NoticeParts): Notice {
  const { hostname, original, recipients, to } = notice;
  const header = returnHeader(original.beginning);
  const words = formatWords(hostname, original, recipients);
  const status = formatDeliveryStatus(hostname, original, recipients);
  const parts = [
    formatPart("text/plain; charset=utf-8", "Notification", encode(words)),
    formatPart("message/delivery-status", "Delivery report", encode(status)),
    formatPart(header.type, "Header of the message", header.octets),
  ];
  const boundary = chooseBoundary(notice.id, parts);
  const text =
    formatHeader(notice, boundary) +
    parts.map((part) => `\r\n--${boundary}\r\n${part}`).join("") +
    `\r\n--${boundary}--\r\n`;
  const content = encode(text);
  const eightBit = hasNonAscii(text);
  return { content, size: content.length, eightBit, smtputf8: needsSmtpUtf8(to) };
}

function formatHeader(
  { hostname, id, now, to, recipients, isTlsOptional }: NoticeParts,
  boundary: string,
): string {
  return (
    `From: Mail Delivery System <mailer-daemon@${hostname}>\r\n` +
    `To: <${formatAddress(to)}>\r\n` +
    `Subject: ${subjectFor(recipients)}\r\n` +
    `Date: ${formatDate(now)}\r\n` +
    `Message-ID: <${id}@${hostname}>\r\n` +
    `Auto-Submitted: auto-replied\r\n` +
    (isTlsOptional ? `TLS-Required: No\r\n` : "") +
    `MIME-Version: 1.0\r\n` +
    `Content-Type: multipart/report; report-type=delivery-status;\r\n` +
    `\tboundary="${boundary}"\r\n`
  );
}

function subjectFor(recipients: readonly ReportedRecipient[]): string {
  return recipients.every(({ fate }) => fate.action === "delayed")
    ? "Delayed mail, which is still being tried"
    : "Undelivered mail returned to sender";
}

function formatPart(type: string, description: string, octets: Uint8Array): string {
  const plain = isPlain(octets);
  const body = plain ? new TextDecoder().decode(octets) : encodeQuotedPrintable(octets);
  return (
    `Content-Type: ${type}\r\n` +
    `Content-Description: ${description}\r\n` +
    `Content-Transfer-Encoding: ${plain ? "7bit" : "quoted-printable"}\r\n\r\n${body}`
  );
}

/** A boundary that no part holds: whoever wrote the original may have guessed our first one. */
function chooseBoundary(id: string, parts: readonly string[]): string {
  for (let number = 1; ; number++) {
    const boundary = `=_${id}_${number}`;
    if (!parts.some((part) => part.includes(boundary))) return boundary;
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
