// From what an attempt came to, to what follows for a recipient: done, again at such a time, a place in
// its destination's line, or given up.

import type { Fate, ReportedRecipient } from "../../core/mail/delivery-status.ts";
import { wantsAnyNotice, wantsNotice } from "../../core/mail/notice-request.ts";
import type {
  PlaceInLine,
  QueuedMessage,
  QueuedRecipient,
  RecipientResult,
} from "../../core/queue/message.ts";
import { type Said, sayExpired } from "../../core/queue/outcome.ts";
import { nextAttempt, type Waiting, waitedBy } from "../../core/queue/schedule.ts";
import { attemptInTime, hasJustPassed, isTooLate, tooLate } from "../../core/queue/timing.ts";
import type { JobResult, Outcome } from "./job.ts";
import type { SettlementOptions } from "./settlement.ts";

export interface Verdict {
  readonly result: RecipientResult;
  readonly said: Said;
  /** The sender should know how it stands. */
  readonly reported: ReportedRecipient | undefined;
}

export interface Circumstances {
  readonly message: Pick<QueuedMessage, "receivedAt" | "deliverBy">;
  /** The host that was talked to. */
  readonly peer: string | undefined;
  /** UTC milliseconds. */
  readonly now: number;
  /** The line of the destination; absent for mailboxes, and where nothing is sent. */
  readonly line?: LineNow | undefined;
}

interface LineNow {
  /** Who only stands here because there is no room has its time: it has not been tried. */
  readonly isDown: boolean;
  /** What its clock says, ms. */
  readonly clock: number;
  /** Takes a place, in which to be heard of again after so many ms by that clock. */
  place(left: number): PlaceInLine;
}

type Schedule = SettlementOptions["schedule"];

type Plan =
  | { readonly kind: "expired" }
  | { readonly kind: "late" }
  | { readonly kind: "again"; readonly waited: number; readonly result: RecipientResult };

/** Decides what follows for one recipient. */
export function judge(
  { recipient, outcome }: JobResult,
  circumstances: Circumstances,
  options: SettlementOptions,
): Verdict {
  const { said } = outcome;
  if (outcome.kind === "delivered") {
    const action = successToTell(recipient, outcome, circumstances);
    return {
      result: { index: recipient.index, state: "delivered", said: say(said) },
      said,
      reported: action && reportOn(recipient, circumstances, said, { action }),
    };
  }
  if (outcome.kind === "permanent") return giveUp(recipient, said, circumstances);
  const plan = planFor(recipient, outcome, circumstances, options);
  if (plan.kind === "expired") return giveUp(recipient, sayExpired(said), circumstances);
  if (plan.kind === "late") return giveUp(recipient, sayLate(said), circumstances);
  const { result, waited } = plan;
  const reported =
    isLate(recipient, waited, circumstances, options) && wantsNotice(recipient, "delay")
      ? reportOn(recipient, circumstances, said, {
          action: "delayed",
          until: endOf(waited, circumstances, options),
        })
      : undefined;
  return { result, said, reported };
}

/** What is to be told of what was delivered. */
function successToTell(
  recipient: QueuedRecipient,
  { success, keepsTime }: Outcome,
  { message: { deliverBy } }: Circumstances,
): "delivered" | "relayed" | undefined {
  if (success !== undefined && wantsNotice(recipient, "success")) return success;
  if (deliverBy === undefined || keepsTime === undefined) return undefined;
  // RFC 2852 §4.1.4: nobody will tell that it is late; and whoever follows the message hears of each host.
  const { missed, traced } = deliverBy;
  const isUnwatched = missed === "notify" && !keepsTime && wantsNotice(recipient, "delay");
  return isUnwatched || (traced && wantsAnyNotice(recipient)) ? "relayed" : undefined;
}

/** Whether its sender should hear now that it has not gone yet. */
function isLate(
  { waited: before, lastAttempt }: QueuedRecipient,
  waited: number,
  { message: { deliverBy, receivedAt }, now }: Circumstances,
  { schedule: { warnAfter } }: SettlementOptions,
): boolean {
  // What a recipient has waited only grows: it passes that bound once.
  const isOverdue = before < warnAfter && waited >= warnAfter;
  return isOverdue || hasJustPassed(deliverBy, lastAttempt ?? receivedAt, now);
}

/** Until when it is tried, UTC ms, as far as can be said. */
function endOf(
  waited: number,
  { message: { deliverBy }, now }: Circumstances,
  { schedule: { giveUpAfter } }: SettlementOptions,
): number {
  const end = now + giveUpAfter - waited;
  return deliverBy?.missed === "return" ? Math.min(deliverBy.until, end) : end;
}

function giveUp(recipient: QueuedRecipient, last: Said, circumstances: Circumstances): Verdict {
  return {
    result: { index: recipient.index, state: "failed", said: say(last) },
    said: last,
    reported: wantsNotice(recipient, "failure")
      ? reportOn(recipient, circumstances, last, { action: "failed" })
      : undefined,
  };
}

/** The last failure goes on being told. */
function sayLate(last: Said): Said {
  return { ...last, status: tooLate.status };
}

function reportOn(
  { address, originalRecipient }: QueuedRecipient,
  { now, peer }: Circumstances,
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

function planFor(
  recipient: QueuedRecipient,
  { said, destination }: Outcome,
  { message: { deliverBy }, now, line }: Circumstances,
  { schedule, random }: SettlementOptions,
): Plan {
  if (isTooLate(deliverBy, now)) return { kind: "late" };
  const { index } = recipient;
  const waiting = waitingOf(recipient, line?.clock, now, schedule);
  // A line has a clock of its own: what has to be there in time goes by its own schedule.
  if (destination === undefined || line === undefined || deliverBy !== undefined) {
    const next = nextAttempt({ ...waiting, jitter: random() });
    if (next.kind === "expired") return next;
    const { waited } = next;
    const at = attemptInTime(deliverBy, next.at, now);
    const result = { index, state: "deferred", said: say(said), waited, nextAttempt: at } as const;
    return { kind: "again", waited, result };
  }
  const waited = waitedBy(waiting);
  if (line.isDown && waited >= schedule.giveUpAfter) return { kind: "expired" };
  const inLine = line.place(leftOf(waited, schedule));
  return {
    kind: "again",
    waited,
    result:
      destination === "spared"
        ? { index, state: "lined", waited, inLine }
        : { index, state: "deferred", said: say(said), nextAttempt: now, waited, inLine },
  };
}

/** Who has stood in line has waited by its clock, which runs by plan alone. */
function waitingOf(
  recipient: QueuedRecipient,
  clock: number | undefined,
  now: number,
  schedule: Schedule,
): Omit<Waiting, "jitter"> {
  const { attempts, waited, lastAttempt, lineFrom } = recipient;
  const { retry, giveUpAfter } = schedule;
  if (lineFrom !== undefined && clock !== undefined) {
    const stood = Math.max(0, clock - lineFrom);
    return { retry, giveUpAfter, attempts, now, waited: waited + stood };
  }
  const last = lastAttempt === undefined ? {} : { lastAttempt };
  return { retry, giveUpAfter, attempts, now, waited, ...last };
}

/** Until its sender is to be warned, or its time is over, in ms. */
function leftOf(waited: number, { warnAfter, giveUpAfter }: Schedule): number {
  return (waited < warnAfter ? Math.min(warnAfter, giveUpAfter) : giveUpAfter) - waited;
}

/** As the store keeps it. */
export function say({ status, text, remote }: Said): string {
  return remote ? text : `${status} ${text}`;
}

/** What `say` made of it. */
export function unsay(said: string): Said {
  const [, status, text] = /^([245]\.\d{1,3}\.\d{1,3}) (.*)$/s.exec(said) ?? [];
  if (status !== undefined && text !== undefined) return { status, text, remote: false };
  return {
    status: /^\d{3}[ -]([45]\.\d{1,3}\.\d{1,3}) /.exec(said)?.[1] ?? "4.0.0",
    text: said,
    remote: true,
  };
}
