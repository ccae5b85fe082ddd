// From what an attempt came to, to what follows for a recipient: done, again at such a time, a place in
// its destination's line, or given up.

import type { ReportedRecipient } from "../../core/mail/delivery-status.ts";
import type { PlaceInLine, QueuedRecipient, RecipientResult } from "../../core/queue/message.ts";
import { type Said, sayExpired } from "../../core/queue/outcome.ts";
import { nextAttempt, type Waiting, waitedBy } from "../../core/queue/schedule.ts";
import type { JobResult, Outcome } from "./job.ts";
import type { SettlementOptions } from "./settlement.ts";

export interface Verdict {
  readonly result: RecipientResult;
  readonly said: Said;
  /** The sender should know how it stands. */
  readonly reported: ReportedRecipient | undefined;
}

export interface Circumstances {
  /** The host that was talked to. */
  readonly peer: string | undefined;
  /** UTC milliseconds. */
  readonly now: number;
  /** The line of the destination; absent for mailboxes, and where nothing is sent. */
  readonly line?: LineNow;
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
  | { readonly kind: "again"; readonly waited: number; readonly result: RecipientResult };

/** Decides what follows for one recipient. */
export function judge(
  { recipient, outcome }: JobResult,
  circumstances: Circumstances,
  options: SettlementOptions,
): Verdict {
  const { said } = outcome;
  if (outcome.kind === "delivered") {
    const result = { index: recipient.index, state: "delivered", said: say(said) } as const;
    return { result, said, reported: undefined };
  }
  if (outcome.kind === "permanent") return giveUp(recipient, said, circumstances);
  const plan = planFor(recipient, outcome, circumstances, options);
  if (plan.kind === "expired") return giveUp(recipient, sayExpired(said), circumstances);
  const { result, waited } = plan;
  const { warnAfter, giveUpAfter } = options.schedule;
  // What a recipient has waited only grows: it passes that bound once.
  const isOverdue = recipient.waited < warnAfter && waited >= warnAfter;
  const fate = { action: "delayed", until: circumstances.now + giveUpAfter - waited } as const;
  const reported = { ...reportOf(recipient, circumstances), ...said, fate };
  return { result, said, reported: isOverdue ? reported : undefined };
}

function giveUp(recipient: QueuedRecipient, last: Said, circumstances: Circumstances): Verdict {
  return {
    result: { index: recipient.index, state: "failed", said: say(last) },
    said: last,
    reported: { ...reportOf(recipient, circumstances), ...last, fate: { action: "failed" } },
  };
}

function reportOf({ address }: QueuedRecipient, { now, peer }: Circumstances) {
  return { address, lastAttempt: now, ...(peer !== undefined && { host: peer }) };
}

function planFor(
  recipient: QueuedRecipient,
  { said, destination }: Outcome,
  { now, line }: Circumstances,
  { schedule, random }: SettlementOptions,
): Plan {
  const { index } = recipient;
  const waiting = waitingOf(recipient, line?.clock, now, schedule);
  if (destination === undefined || line === undefined) {
    const next = nextAttempt({ ...waiting, jitter: random() });
    if (next.kind === "expired") return next;
    const { at: nextAttemptAt, waited } = next;
    const result = { index, state: "deferred", said: say(said), waited } as const;
    return { kind: "again", waited, result: { ...result, nextAttempt: nextAttemptAt } };
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
