// From what an attempt came to, to what the store keeps of it: done, again at such a time, or given
// up with a notice to the sender.

import type { Address } from "../../core/mail/address.ts";
import { composeFailureNotice } from "../../core/mail/notice.ts";
import type { FailedRecipient } from "../../core/mail/delivery-status.ts";
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
  readonly schedule: Pick<QueueSettings, "retry" | "giveUpAfter">;
  readonly nextId: () => MessageId;
  /** In [0, 1). */
  readonly random: () => number;
  /** How a notice to that address travels. */
  readonly addressee: (to: Address) => NewRecipient;
}

export interface Verdict {
  readonly result: RecipientResult;
  readonly said: Said;
  /** The recipient has failed for good, and its sender should know. */
  readonly failed: FailedRecipient | undefined;
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
    return { result: { index, state: "delivered", said: say(said) }, said, failed: undefined };
  }
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
    return { result: { ...deferred, said: say(said) }, said, failed: undefined };
  }
  const last = next.kind === "expired" ? sayExpired(said) : said;
  return {
    result: { index, state: "failed", said: say(last) },
    said: last,
    failed: {
      address: recipient.address,
      lastAttempt: now,
      ...last,
      ...(peer !== undefined && { host: peer }),
    },
  };
}

function say({ status, text, remote }: Said): string {
  return remote ? text : `${status} ${text}`;
}

/** The notice for recipients that have failed, as a message of its own; undefined where nobody is
 * to be told: never answer the null reverse-path (RFC 5321 §6.1). */
export async function composeNotice(
  message: QueuedMessage,
  content: Octets,
  failed: readonly FailedRecipient[],
  now: number,
  options: SettlementOptions,
): Promise<NewMessage | undefined> {
  const to = message.sender;
  if (to === null) return undefined;
  const id = options.nextId();
  const notice = composeFailureNotice({
    hostname: options.hostname,
    id: formatMessageId(id),
    now,
    to,
    original: {
      id: formatMessageId(message.id),
      receivedAt: message.receivedAt,
      beginning: await beginningOf(content),
    },
    recipients: failed,
  });
  return {
    id,
    receivedAt: now,
    sender: null,
    smtputf8: notice.smtputf8,
    size: notice.size,
    eightBit: notice.eightBit,
    origin: {},
    recipients: [options.addressee(to)],
    stashed: 0,
    content: [notice.content],
  };
}

/** The first piece, which holds the header unless it is a very long one. A message that cannot be
 * read is reported without it. */
async function beginningOf(content: Octets): Promise<Uint8Array> {
  try {
    for await (const piece of content) return piece;
  } catch {
    // The notice matters more than what it quotes.
  }
  return new Uint8Array(0);
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
    recipients: kept.recipients.map((recipient, index) => ({
      ...recipient,
      index,
      attempts: 0,
      waited: 0,
    })),
  };
}
