// The delivery status notice for mail that failed, takes long or has arrived: multipart/report (RFC
// 6522) with words for people, RFC 3464 fields for programs, and the header of the original or all of
// it (RFC 3461 §6).

import { type Address, formatAddress, needsSmtpUtf8 } from "./address.ts";
import { formatDate } from "./date.ts";
import {
  formatDeliveryStatus,
  type OriginalMessage,
  type ReportedRecipient,
} from "./delivery-status.ts";
import type { Domain } from "./domain.ts";
import type { ContentTraits } from "./envelope.ts";
import { formatWords } from "./notice-words.ts";
import { concatAll } from "../octets.ts";
import { messageType, returnHeader } from "./original-header.ts";
import { encodeQuotedPrintable, isPlain, type PlainEncoding } from "./quoted-printable.ts";

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
    /** All of them, where the message is to return whole (RET=FULL). */
    readonly whole?: Uint8Array;
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

/** Writes the notice. Its own words are 7-bit ASCII, so that they pass every host on their way back;
 * only an address of the sender's beyond ASCII, which needs SMTPUTF8 anyhow, makes it write in UTF-8
 * (RFC 6533), and a message that is enclosed whole stays as it is. */
export function composeNotice(notice: NoticeParts): Notice {
  const { hostname, original, recipients, to } = notice;
  const smtputf8 = needsSmtpUtf8(to);
  const encoding = smtputf8 ? "8bit" : "7bit";
  const words = formatWords(
    hostname,
    original,
    recipients,
    original.whole === undefined ? "header" : "message",
  );
  const status = formatDeliveryStatus(hostname, original, recipients, smtputf8 ? "utf-8" : "ascii");
  const statusType = smtputf8 ? "message/global-delivery-status" : "message/delivery-status";
  const parts = [
    textPart("text/plain; charset=utf-8", "Notification", encode(words), encoding),
    textPart(statusType, "Delivery report", encode(status), encoding),
    enclosedPart(original, encoding),
  ];
  const boundary = chooseBoundary(notice.id, parts);
  const eightBit = smtputf8 || parts.some((part) => part.encoding === "8bit");
  const content = concatAll([
    encode(formatHeader(notice, boundary, eightBit)),
    ...parts.flatMap((part) => [encode(formatPartHeader(part, boundary)), part.octets]),
    encode(`\r\n--${boundary}--\r\n`),
  ]);
  return { content, size: content.length, eightBit, smtputf8 };
}

function formatHeader(
  { hostname, id, now, to, recipients, isTlsOptional }: NoticeParts,
  boundary: string,
  eightBit: boolean,
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
    (eightBit ? `Content-Transfer-Encoding: 8bit\r\n` : "") +
    `Content-Type: multipart/report; report-type=delivery-status;\r\n` +
    `\tboundary="${boundary}"\r\n`
  );
}

function subjectFor(recipients: readonly ReportedRecipient[]): string {
  const actions = new Set(recipients.map(({ fate }) => fate.action));
  if (actions.has("failed")) return "Undelivered mail returned to sender";
  if (actions.has("delayed")) return "Delayed mail, which is still being tried";
  if (!actions.has("relayed")) return "Your mail was delivered";
  if (!actions.has("delivered")) return "Your mail was handed on";
  return "Your mail was delivered or handed on";
}

interface Part {
  readonly type: string;
  readonly description: string;
  readonly encoding: PlainEncoding | "quoted-printable";
  /** As they are written, in that encoding. */
  readonly octets: Uint8Array;
}

function enclosedPart(
  { beginning, whole }: NoticeParts["original"],
  encoding: PlainEncoding,
): Part {
  if (whole === undefined) {
    const header = returnHeader(beginning);
    return textPart(header.type, "Header of the message", header.octets, encoding);
  }
  // Nothing in it may be changed: RFC 2046 §5.2.1 allows a message no encoding.
  return {
    type: messageType(whole),
    description: "The message",
    encoding: whole.some((octet) => octet > 0x7f) ? "8bit" : "7bit",
    octets: whole,
  };
}

/** @param encoding what may stand as it is; all else is encoded */
function textPart(
  type: string,
  description: string,
  octets: Uint8Array,
  encoding: PlainEncoding,
): Part {
  if (isPlain(octets, "7bit")) return { type, description, encoding: "7bit", octets };
  if (isPlain(octets, encoding)) return { type, description, encoding, octets };
  const encoded = encode(encodeQuotedPrintable(octets));
  return { type, description, encoding: "quoted-printable", octets: encoded };
}

function formatPartHeader({ type, description, encoding }: Part, boundary: string): string {
  return (
    `\r\n--${boundary}\r\n` +
    `Content-Type: ${type}\r\n` +
    `Content-Description: ${description}\r\n` +
    `Content-Transfer-Encoding: ${encoding}\r\n\r\n`
  );
}

/** A boundary that no part holds: whoever wrote the original may have guessed our first one. */
function chooseBoundary(id: string, parts: readonly Part[]): string {
  const texts = parts.map(({ octets }) => new TextDecoder("latin1").decode(octets));
  for (let number = 1; ; number++) {
    const boundary = `=_${id}_${number}`;
    if (!texts.some((text) => text.includes(boundary))) return boundary;
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
