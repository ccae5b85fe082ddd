// From what an attempt came to, to what the store keeps of it: done, again at such a time, or given
// up with a notice to the sender.

import type { Fate, ReportedRecipient } from "../../core/mail/delivery-status.ts";
import { wantsNotice } from "../../core/mail/notice-request.ts";
import type { NewMessage, QueuedMessage, RecipientResult } from "../../core/queue/message.ts";
import { type Said, sayExpired } from "../../core/queue/outcome.ts";
import { nextAttempt } from "../../core/queue/schedule.ts";
import type { QueueSettings } from "../../core/config/settings.ts";
import type { JobResult } from "./job.ts";
import type { NoticeOptions } from "./notice-message.ts";

export interface SettlementOptions extends NoticeOptions {
  readonly schedule: Pick<QueueSettings, "retry" | "warnAfter" | "giveUpAfter">;
  /** In [0, 1). */
  readonly random: () => number;
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
  const { said, success } = outcome;
  const report = (told: Said, fate: Fate): ReportedRecipient | undefined => {
    if (!wantsNotice(recipient, eventOf[fate.action])) return undefined;
    const { address, originalRecipient } = recipient;
    return {
      ...told,
      address,
      fate,
      lastAttempt: now,
      ...(originalRecipient !== undefined && { originalRecipient }),
      ...(peer !== undefined && { host: peer }),
    };
  };
  if (outcome.kind === "delivered") {
    const reported = success === undefined ? undefined : report(said, { action: success });
    return { result: { index, state: "delivered", said: say(said) }, said, reported };
  }
  const next =
    outcome.kind === "permanent"
      ? ({ kind: "failed" } as const)
      : nextAttempt({ ...schedule, ...recipient, now, jitter: random() });
  if (next.kind === "again") {
    const { at: nextAt, waited } = next;
    const { warnAfter, giveUpAfter } = schedule;
    // What a recipient has waited only grows: it passes that bound once.
    const isOverdue = recipient.waited < warnAfter && waited >= warnAfter;
    const until = now + giveUpAfter - waited;
    return {
      result: { index, state: "deferred", nextAttempt: nextAt, waited, said: say(said) },
      said,
      reported: isOverdue ? report(said, { action: "delayed", until }) : undefined,
    };
  }
  const last = next.kind === "expired" ? sayExpired(said) : said;
  return {
    result: { index, state: "failed", said: say(last) },
    said: last,
    reported: report(last, { action: "failed" }),
  };
}

const eventOf = {
  failed: "failure",
  delayed: "delay",
  delivered: "success",
  relayed: "success",
} as const;

function say({ status, text, remote }: Said): string {
  return remote ? text : `${status} ${text}`;
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
    ...(kept.returns !== undefined && { returns: kept.returns }),
    ...(kept.envelopeId !== undefined && { envelopeId: kept.envelopeId }),
    recipients: kept.recipients.map((recipient, index) => ({
      ...recipient,
      index,
      attempts: 0,
      waited: 0,
    })),
  };
}
