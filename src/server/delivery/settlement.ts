// What the store keeps of an attempt beside its results: the notice that they cause.

import type { Address } from "../../core/mail/address.ts";
import { composeNotice } from "../../core/mail/notice.ts";
import type { ReportedRecipient } from "../../core/mail/delivery-status.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type NewRecipient,
  type QueuedMessage,
} from "../../core/queue/message.ts";
import type { QueueSettings } from "../../core/config/settings.ts";
import type { Octets } from "./job.ts";

export interface SettlementOptions {
  readonly hostname: string;
  readonly schedule: Pick<QueueSettings, "retry" | "warnAfter" | "giveUpAfter">;
  readonly nextId: () => MessageId;
  /** In [0, 1). */
  readonly random: () => number;
  /** Fields to stand at the top of a notice. Never rejects. */
  readonly signNotice: (content: Uint8Array) => Promise<string>;
  /** How a notice to that address travels. */
  readonly addressee: (to: Address) => NewRecipient;
}

/** The notice about recipients, as a message of its own; undefined where nobody is to be told: never
 * answer the null reverse-path (RFC 5321 §6.1). */
export async function noticeAbout(
  message: QueuedMessage,
  content: Octets,
  recipients: readonly ReportedRecipient[],
  now: number,
  options: SettlementOptions,
): Promise<NewMessage | undefined> {
  const to = message.sender;
  if (to === null) return undefined;
  const id = options.nextId();
  const notice = composeNotice({
    hostname: options.hostname,
    id: formatMessageId(id),
    now,
    to,
    original: {
      id: formatMessageId(message.id),
      receivedAt: message.receivedAt,
      beginning: await beginningOf(content),
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
    recipients: [options.addressee(to)],
    stashed: 0,
    content: preface.length === 0 ? [notice.content] : [preface, notice.content],
  };
}

/** Octets at a message's beginning that hold its header, unless it is a very long one. */
const headerOctets = 64 * 1024;

/** A message that cannot be read is reported with what could be. */
async function beginningOf(content: Octets): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  try {
    for await (const piece of content) {
      pieces.push(piece);
      octets += piece.length;
      if (octets >= headerOctets) break;
    }
  } catch {
    // The notice matters more than what it quotes.
  }
  return Buffer.concat(pieces);
}

/** The message as delivery works on it, from the message as it was kept. */
export function asQueued(kept: NewMessage): QueuedMessage {
  return {
    id: kept.id,
    receivedAt: kept.receivedAt,
    sender: kept.sender,
    smtputf8: kept.smtputf8,
    size: kept.size,
    eightBit: kept.eightBit,
    ...(kept.origin.login !== undefined && { login: kept.origin.login }),
    ...(kept.tlsWish !== undefined && { tlsWish: kept.tlsWish }),
    ...(kept.isJunk && { isJunk: true }),
    recipients: kept.recipients.map((recipient, index) => ({
      ...recipient,
      index,
      attempts: 0,
      waited: 0,
    })),
  };
}
