// A notice to a message's sender, as a message of its own.

import type { Address } from "../../core/mail/address.ts";
import type { ReportedRecipient } from "../../core/mail/delivery-status.ts";
import { composeNotice, type NoticeParts } from "../../core/mail/notice.ts";
import { neverNotify } from "../../core/mail/notice-request.ts";
import { OctetBuffer } from "../../core/octet-buffer.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type NewRecipient,
  type QueuedMessage,
} from "../../core/queue/message.ts";
import type { Octets } from "./job.ts";

export interface NoticeOptions {
  readonly hostname: string;
  readonly nextId: () => MessageId;
  /** Fields to stand at the top of a notice. Never rejects. */
  readonly signNotice: (content: Uint8Array) => Promise<string>;
  /** How a notice to that address travels. */
  readonly addressee: (to: Address) => NewRecipient;
}

/** Octets of a message that returns whole, if its sender asked for it; of larger ones only the header
 * does (RFC 3461 §6.2). */
const maxReturned = 1024 * 1024;

/** Octets in which a notice goes into the store. */
const chunkOctets = 256 * 1024;

/** Whether a notice about these encloses all of the message: only where somebody was not reached, and
 * the sender wants to have it back (RFC 3461 §4.3). */
export function returnsWhole(
  { returns, size }: QueuedMessage,
  recipients: readonly ReportedRecipient[],
): boolean {
  const hasFailed = recipients.some(({ fate }) => fate.action === "failed");
  return returns === "full" && hasFailed && size <= maxReturned;
}

/** The notice about recipients; undefined where nobody is to be told: never answer the null
 * reverse-path (RFC 5321 §6.1). */
export async function noticeAbout(
  message: QueuedMessage,
  content: Octets,
  recipients: readonly ReportedRecipient[],
  now: number,
  options: NoticeOptions,
): Promise<NewMessage | undefined> {
  const to = message.sender;
  if (to === null) return undefined;
  const { envelopeId, deliverBy } = message;
  const id = options.nextId();
  const quoted = returnsWhole(message, recipients)
    ? await allOf(content, message.size)
    : { beginning: await beginningOf(content) };
  const notice = composeNotice({
    hostname: options.hostname,
    id: formatMessageId(id),
    now,
    to,
    original: {
      id: formatMessageId(message.id),
      receivedAt: message.receivedAt,
      ...(envelopeId !== undefined && { envelopeId }),
      ...(deliverBy && { deliverBy: deliverBy.until }),
      ...quoted,
    },
    recipients,
    isTlsOptional: message.tlsWish === "optional",
  });
  const preface = Buffer.from(await options.signNotice(notice.content));
  return {
    id,
    receivedAt: now,
    sender: null,
    smtputf8: notice.smtputf8,
    size: preface.length + notice.size,
    eightBit: notice.eightBit,
    origin: {},
    // RFC 8689 §5 and §6: what was wanted for the message is wanted for what tells of it.
    ...(message.tlsWish !== undefined && { tlsWish: message.tlsWish }),
    recipients: [{ ...options.addressee(to), notify: neverNotify }],
    stashed: 0,
    content: [...cut(preface), ...cut(notice.content)],
  };
}

/** Octets at a message's beginning that hold its header, unless it is a very long one. */
const headerOctets = 64 * 1024;

/** A message that cannot be read is reported with what could be. */
async function beginningOf(content: Octets): Promise<Uint8Array> {
  const read = new OctetBuffer();
  try {
    for await (const piece of content) {
      read.add(piece);
      if (read.octets.length >= headerOctets) break;
    }
  } catch {
    // The notice matters more than what it quotes.
  }
  return read.octets;
}

/** All of it; what can be read of it where not all can, and then its header returns. */
async function allOf(
  content: Octets,
  size: number,
): Promise<Pick<NoticeParts["original"], "beginning" | "whole">> {
  const read = new OctetBuffer();
  try {
    for await (const piece of content) read.add(piece);
  } catch {
    // As above.
  }
  const { octets } = read;
  return octets.length === size ? { beginning: octets, whole: octets } : { beginning: octets };
}

function cut(content: Uint8Array<ArrayBuffer>): NewMessage["content"] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < content.length; at += chunkOctets) {
    chunks.push(content.subarray(at, at + chunkOctets));
  }
  return chunks;
}
