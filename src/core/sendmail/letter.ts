// A message of this machine's users, made fit to be sent: with the fields that it must have, without
// those that nobody may see, and with whole addresses.

import { type Address, formatAddress, type ReversePath } from "../mail/address.ts";
import { formatDate } from "../mail/date.ts";
import type { Domain } from "../mail/domain.ts";
import { hasNonAscii } from "../mail/domain.ts";
import { type HeaderField, splitHeader, textToOctets, valueOf } from "../mail/header-fields.ts";
import { bad, good, type Result } from "../result.ts";
import { createHeaderGate, type HeaderEnd } from "../submission/header-gate.ts";
import { encodeBase64 } from "../base64.ts";
import { qualifyList, readAddresses } from "./addresses.ts";

export interface Surroundings {
  readonly host: Domain;
  readonly sender: ReversePath;
  /** The name that stands in From where the message has none. */
  readonly fullName: string;
  /** Number of the user who sends it: for the operator who looks where it came from. */
  readonly user: number;
  /** UTC milliseconds. */
  readonly now: number;
  /** With its angle brackets. */
  readonly messageId: string;
}

export interface Letter {
  /** The whole message, as DATA carries it but for the dots. */
  readonly pieces: readonly Uint8Array[];
  /** That the header names: of Resent fields where there are any. */
  readonly recipients: Result<readonly Address[], string>;
}

/** @param message as `toMailLines` makes it. A problem says what is wrong with it. */
export function prepareLetter(
  message: Uint8Array,
  surroundings: Surroundings,
): Result<Letter, string> {
  const { header, end, body, isTooLong } = splitMessage(message);
  if (isTooLong) return bad("the header is longer than 102400 octets");
  const fields = splitHeader(header);
  const kept = fields.filter(({ name }) => !hidden.has(name));
  const lines = [
    received(surroundings),
    ...kept.map((field) => withWholeAddresses(field, surroundings.host)),
    ...missingFields(new Set(fields.map(({ name }) => name)), surroundings),
    end === "empty-line" ? "" : "\r\n",
  ];
  return good({
    pieces: [textToOctets(lines.join("")), ...body],
    recipients: recipientsOf(fields, surroundings.host),
  });
}

interface Parts {
  readonly header: Uint8Array;
  readonly end: HeaderEnd;
  readonly body: readonly Uint8Array[];
  readonly isTooLong: boolean;
}

function splitMessage(message: Uint8Array): Parts {
  let header: Uint8Array = new Uint8Array(0);
  let end: HeaderEnd = "end";
  const body: Uint8Array[] = [];
  const gate = createHeaderGate({
    header(octets, how) {
      header = octets;
      end = how;
    },
    body: (octets) => void body.push(octets),
  });
  gate.take(message);
  gate.finish();
  return { header, end, body, isTooLong: gate.isTooLong };
}

const hidden = new Set(["bcc", "resent-bcc"]);
const listFields = new Set(
  "from sender reply-to to cc resent-from resent-sender resent-to resent-cc".split(" "),
);
const recipientFields = ["to", "cc", "bcc"];

function recipientsOf(
  fields: readonly HeaderField[],
  host: Domain,
): Result<readonly Address[], string> {
  const named = (prefix: string) =>
    fields.filter(({ name }) => recipientFields.some((field) => name === `${prefix}${field}`));
  const resent = named("resent-");
  const addresses: Address[] = [];
  for (const field of resent.length > 0 ? resent : named("")) {
    const list = readAddresses(decode(valueOf(field)), host);
    if (!list.ok) {
      return bad(`the field ${field.text.split(":")[0]} cannot be read at: ${list.problem}`);
    }
    addresses.push(...list.value);
  }
  return good(addresses);
}

/** Header text holds octets; addresses are in UTF-8. */
function decode(octets: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(textToOctets(octets));
}

function withWholeAddresses(field: HeaderField, host: Domain): string {
  if (!listFields.has(field.name)) return field.text;
  const value = valueOf(field);
  return field.text.slice(0, -value.length || undefined) + qualifyList(value, host);
}

function received({ host, user, now }: Surroundings): string {
  return `Received: by ${host} (Bailiwick, from userid ${user});\r\n\t${formatDate(now)}\r\n`;
}

function missingFields(names: ReadonlySet<string>, surroundings: Surroundings): readonly string[] {
  const { now, messageId } = surroundings;
  return [
    ...(names.has("from") ? [] : [`From: ${author(surroundings)}\r\n`]),
    ...(names.has("date") ? [] : [`Date: ${formatDate(now)}\r\n`]),
    ...(names.has("message-id") ? [] : [`Message-ID: ${messageId}\r\n`]),
  ];
}

/** In octets, as all of the header: what is not ASCII is in UTF-8, or encoded (RFC 2047). */
function author({ sender, fullName, host }: Surroundings): string {
  const address = sender === null ? `MAILER-DAEMON@${host}` : formatAddress(sender);
  const octets = String.fromCharCode(...new TextEncoder().encode(address));
  const name = phrase(fullName);
  return name === "" ? `<${octets}>` : `${name} <${octets}>`;
}

/** Octets of UTF-8 in one encoded word, which may have 75 characters (RFC 2047 §2). */
const encodedOctets = 45;

function phrase(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  const line = name.replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
  if (line === "") return "";
  if (!hasNonAscii(line)) return `"${line.replace(/["\\]/g, "\\$&")}"`;
  return encodedWords(line).join("\r\n ");
}

function encodedWords(text: string): readonly string[] {
  const words: string[] = [];
  let octets: number[] = [];
  const encoder = new TextEncoder();
  const flush = () => {
    if (octets.length > 0) words.push(`=?utf-8?B?${encodeBase64(Uint8Array.from(octets))}?=`);
    octets = [];
  };
  for (const character of text) {
    const next = encoder.encode(character);
    if (octets.length + next.length > encodedOctets) flush();
    octets.push(...next);
  }
  flush();
  return words;
}
