// The part of a notice that programs read: message/delivery-status (RFC 3464 §2).

import type { Said } from "../queue/outcome.ts";
import { type Address, formatAddress, needsSmtpUtf8 } from "./address.ts";
import { formatDate } from "./date.ts";
import { foldField } from "./wrap.ts";

/** A recipient whose sender should know how it stands. */
export interface ReportedRecipient extends Said {
  readonly address: Address;
  readonly fate: Fate;
  /** The host that was talked to last; absent where it never came to that. */
  readonly host?: string;
  /** UTC milliseconds of the last attempt. */
  readonly lastAttempt: number;
}

type Fate =
  /** It has been given up. */
  | { readonly action: "failed" }
  /** It is still being tried, until that time (UTC milliseconds) as far as can be said. */
  | { readonly action: "delayed"; readonly until: number };

export interface OriginalMessage {
  /** The name of the message in our logs. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
}

/** The fields about the message, then those about each recipient, each group after an empty line. */
export function formatDeliveryStatus(
  hostname: string,
  original: OriginalMessage,
  recipients: readonly ReportedRecipient[],
): string {
  const message =
    `Reporting-MTA: dns; ${hostname}\r\n` +
    `X-Bailiwick-Queue-ID: ${original.id}\r\n` +
    `Arrival-Date: ${formatDate(original.receivedAt)}\r\n`;
  return [message, ...recipients.map(formatRecipient)].join("\r\n");
}

function formatRecipient({
  address,
  host,
  status,
  text,
  remote,
  lastAttempt,
  fate,
}: ReportedRecipient): string {
  const remoteMta = host === undefined ? "" : foldField("Remote-MTA", `dns; ${inAscii(host)}`);
  const speaker = remote ? "smtp" : "X-Bailiwick";
  return (
    `Final-Recipient: ${typedAddress(address)}\r\n` +
    `Action: ${fate.action}\r\n` +
    `Status: ${status}\r\n` +
    remoteMta +
    foldField("Diagnostic-Code", `${speaker}; ${inAscii(text)}`) +
    `Last-Attempt-Date: ${formatDate(lastAttempt)}\r\n` +
    (fate.action === "delayed" ? `Will-Retry-Until: ${formatDate(fate.until)}\r\n` : "")
  );
}

/** An address beyond ASCII goes in the form that needs no 8-bit host: utf-8-addr-xtext of
 * RFC 6533 §3. */
function typedAddress(address: Address): string {
  const text = formatAddress(address);
  if (!needsSmtpUtf8(address)) return `rfc822; ${text}`;
  return `utf-8; ${text.replace(/[^!-~]|[\\+=]/gu, escapeCharacter)}`;
}

/** Foreign text in printable ASCII: nothing else may end a line of ours. */
function inAscii(text: string): string {
  return text.replace(/[^ -~]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `\\x{${point.toString(16).toUpperCase().padStart(2, "0")}}`;
}
