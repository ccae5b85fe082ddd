// From what an attempt came to, to what the store keeps of it: done, again at such a time, or given
// up with a notice to the sender.

import type { Address } from "../../core/mail/address.ts";
import { composeNotice } from "../../core/mail/notice.ts";
import type { ReportedRecipient } from "../../core/mail/delivery-status.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type NewRecipient,
  type QueuedMessage,
  type RecipientResult,
} from "../../core/queue/message.ts";
import { type Said, sayExpired } from "../../core/queue/outcome.ts";
import { nextAttempt } from "../../core/queue/schedule.ts";
import type { QueueSettings } from "../../core/config/settings.ts";
import type { JobResult, Octets } from "./job.ts";

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

export interface Verdict {
  readonly result: RecipientResult;
  readonly said: Said;
  /** The sender should know how it stands. */
  readonly reported: ReportedRecipient | undefined;
}

/** Decides what follows for one recipient. `now` is UTC milliseconds. */
export function judge(
  { recipient, outcome }: JobResult,
  peer: string | undefined,
  now: number,
  { schedule, random }: SettlementOptions,
): Verdict {
  const { index } = recipient;
  const { said } = outcome;
  if (outcome.kind === "delivered") {
    return { result: { index, state: "delivered", said: say(said) }, said, reported: undefined };
  }
  const report = {
    address: recipient.address,
    lastAttempt: now,
    ...(peer !== undefined && { host: peer }),
  };
  const next =
    outcome.kind === "permanent"
      ? ({ kind: "failed" } as const)
      : nextAttempt({ ...schedule, ...recipient, now, jitter: random() });
  if (next.kind === "again") {
    const deferred = {
      index,
      state: "deferred",
      nextAttempt: next.at,
      waited: next.waited,
    } as const;
    const { warnAfter, giveUpAfter } = schedule;
    // What a recipient has waited only grows: it passes that bound once.
    const isOverdue = recipient.waited < warnAfter && next.waited >= warnAfter;
    const fate = { action: "delayed", until: now + giveUpAfter - next.waited } as const;
    return {
      result: { ...deferred, said: say(said) },
      said,
      reported: isOverdue ? { ...report, ...said, fate } : undefined,
    };
  }
  const last = next.kind === "expired" ? sayExpired(said) : said;
  return {
    result: { index, state: "failed", said: say(last) },
    said: last,
    reported: { ...report, ...last, fate: { action: "failed" } },
  };
}

function say({ status, text, remote }: Said): string {
  return remote ? text : `${status} ${text}`;
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
