// From what an attempt came to, to what the store keeps of it: done, again at such a time, or given
// up with a notice to the sender.

import type { Fate, ReportedRecipient } from "../../core/mail/delivery-status.ts";
import { wantsAnyNotice, wantsNotice } from "../../core/mail/notice-request.ts";
import type {
  NewMessage,
  QueuedMessage,
  QueuedRecipient,
  RecipientResult,
} from "../../core/queue/message.ts";
import { type Said, sayExpired } from "../../core/queue/outcome.ts";
import { nextAttempt } from "../../core/queue/schedule.ts";
import {
  attemptInTime,
  hasJustPassed,
  isTooLate,
  timingOf,
  tooLate,
} from "../../core/queue/timing.ts";
import type { QueueSettings } from "../../core/config/settings.ts";
import type { JobResult, Outcome } from "./job.ts";
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

export interface Attempt {
  readonly message: Pick<QueuedMessage, "receivedAt" | "deliverBy">;
  /** The host that was talked to. */
  readonly peer: string | undefined;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Decides what follows for one recipient. */
export function judge(
  { recipient, outcome }: JobResult,
  attempt: Attempt,
  options: SettlementOptions,
): Verdict {
  const { index } = recipient;
  const { said } = outcome;
  const report = (told: Said, fate: Fate): ReportedRecipient =>
    reportOn(recipient, attempt, told, fate);
  if (outcome.kind === "delivered") {
    const action = successToTell(recipient, outcome, attempt.message);
    const reported = action && report(said, { action });
    return { result: { index, state: "delivered", said: say(said) }, said, reported };
  }
  const next = planNext(recipient, outcome, attempt, options);
  if (next.kind === "again") {
    const { at, waited, isLate, until } = next;
    return {
      result: { index, state: "deferred", nextAttempt: at, waited, said: say(said) },
      said,
      reported:
        isLate && wantsNotice(recipient, "delay")
          ? report(said, { action: "delayed", until })
          : undefined,
    };
  }
  const last =
    next.kind === "failed" ? said : next.kind === "expired" ? sayExpired(said) : sayLate(said);
  return {
    result: { index, state: "failed", said: say(last) },
    said: last,
    reported: wantsNotice(recipient, "failure") ? report(last, { action: "failed" }) : undefined,
  };
}

function reportOn(
  { address, originalRecipient }: QueuedRecipient,
  { peer, now }: Attempt,
  told: Said,
  fate: Fate,
): ReportedRecipient {
  return {
    ...told,
    address,
    fate,
    lastAttempt: now,
    ...(originalRecipient !== undefined && { originalRecipient }),
    ...(peer !== undefined && { host: peer }),
  };
}

/** What is to be told of what was delivered. */
function successToTell(
  recipient: QueuedRecipient,
  { success, keepsTime }: Outcome,
  { deliverBy }: Attempt["message"],
): "delivered" | "relayed" | undefined {
  if (success !== undefined && wantsNotice(recipient, "success")) return success;
  if (deliverBy === undefined || keepsTime === undefined) return undefined;
  // RFC 2852 §4.1.4: nobody will tell that it is late; and whoever follows the message hears of each host.
  const { missed, traced } = deliverBy;
  const isUnwatched = missed === "notify" && !keepsTime && wantsNotice(recipient, "delay");
  return isUnwatched || (traced && wantsAnyNotice(recipient)) ? "relayed" : undefined;
}

type Next =
  | { readonly kind: "failed" | "expired" | "late" }
  | {
      readonly kind: "again";
      /** UTC milliseconds. */
      readonly at: number;
      readonly waited: number;
      /** Its sender should know that it has not gone yet. */
      readonly isLate: boolean;
      /** UTC milliseconds, as far as can be said. */
      readonly until: number;
    };

function planNext(
  recipient: QueuedRecipient,
  { kind }: Outcome,
  { message: { deliverBy, receivedAt }, now }: Attempt,
  { schedule, random }: SettlementOptions,
): Next {
  if (kind === "permanent") return { kind: "failed" };
  if (isTooLate(deliverBy, now)) return { kind: "late" };
  const next = nextAttempt({ ...schedule, ...recipient, now, jitter: random() });
  if (next.kind === "expired") return next;
  const { waited } = next;
  const { warnAfter, giveUpAfter } = schedule;
  // What a recipient has waited only grows: it passes that bound once.
  const isOverdue = recipient.waited < warnAfter && waited >= warnAfter;
  const isLate = isOverdue || hasJustPassed(deliverBy, recipient.lastAttempt ?? receivedAt, now);
  const end = now + giveUpAfter - waited;
  const until = deliverBy?.missed === "return" ? Math.min(deliverBy.until, end) : end;
  return { kind: "again", at: attemptInTime(deliverBy, next.at, now), waited, isLate, until };
}

/** The last failure goes on being told. */
function sayLate(last: Said): Said {
  return { ...last, status: tooLate.status };
}

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
    ...(kept.isJunk && { isJunk: true }),
    ...(kept.returns !== undefined && { returns: kept.returns }),
    ...(kept.envelopeId !== undefined && { envelopeId: kept.envelopeId }),
    ...timingOf(kept),
    recipients: kept.recipients.map((recipient, index) => ({
      ...recipient,
      index,
      attempts: 0,
      waited: 0,
    })),
  };
}
