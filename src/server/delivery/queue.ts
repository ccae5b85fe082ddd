// The queue at work. The store is the truth about what waits and until when; in memory is only what
// is being delivered now, and when to look into the store again.

import { formatAddress } from "../../core/mail/address.ts";
import type { FailedRecipient } from "../../core/mail/delivery-status.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type QueuedMessage,
  type Settlement,
} from "../../core/queue/message.ts";
import type { HeldContent } from "../held-content.ts";
import type { Log } from "../log.ts";
import { createAlarm } from "./alarm.ts";
import type { JobResult } from "./job.ts";
import type { Lanes } from "./lanes.ts";
import { asQueued, composeNotice, judge, type SettlementOptions } from "./settlement.ts";
import { groupByTarget, type Target } from "./target.ts";

/** The part of the store that delivery needs. */
interface QueueStore {
  content(id: MessageId): AsyncIterable<Uint8Array>;
  due(query: { now: number; limit: number; latest: number }): Promise<readonly QueuedMessage[]>;
  /** When the first recipient is due after that time. */
  earliestDue(after: number): Promise<number | undefined>;
  settle(settlement: Settlement): Promise<void>;
}

export interface QueueOptions {
  readonly store: QueueStore;
  readonly lanes: Lanes;
  readonly targetOf: (recipient: QueuedMessage["recipients"][number]) => Target;
  /** Asked for each attempt: a reload may change it. */
  readonly settlement: () => SettlementOptions;
  /** Cuts the connections of deliveries. */
  readonly cut: () => void;
  /** Messages in delivery at once; the others wait in the store. */
  readonly maxActive: number;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface Queue {
  /** Delivers a message that has just been kept. */
  take(kept: NewMessage, content: HeldContent | undefined): void;
  /** Looks into the store now: something may have become due. */
  poke(): void;
  /** Starts nothing new; resolves when all that is in hand is settled, or after `patience` ms. What
   * is left then is cut: the store still has it. */
  stop(patience: number): Promise<void>;
  /** Messages in delivery now. */
  readonly active: number;
}

/** A message in delivery. */
interface Active {
  readonly message: QueuedMessage;
  readonly content: HeldContent | undefined;
  /** It came from the store, which may hold recipients of it that are due later. */
  readonly mayHaveMore: boolean;
  /** Recipients that have not been settled. */
  left: number;
}

/** Wait before a look that many messages may call for at once, in ms. */
const lookSoon = 1_000;
/** Wait before a settlement that the store did not take is tried again, in ms. */
const settleAgain = 5_000;

export function createQueue(options: QueueOptions): Queue {
  const { store, lanes, now, log } = options;
  const active = new Map<MessageId, Active>();
  let stopping = false;
  let stopped = false;
  let looking = false;
  let lookAgain = false;
  let overflow = false; // the store holds due messages that had no room here
  const alarm = createAlarm(now, poke);
  let onStopped: (() => void) | undefined;

  function begin(
    message: QueuedMessage,
    content: HeldContent | undefined,
    mayHaveMore: boolean,
  ): void {
    const left = message.recipients.length;
    const entry: Active = { message, content, mayHaveMore, left };
    active.set(message.id, entry);
    const readContent = () => content?.chunks ?? store.content(message.id);
    for (const { target, recipients } of groupByTarget(message.recipients, options.targetOf)) {
      lanes.of(target).submit({
        message,
        recipients,
        content: readContent,
        report: (peer, results) => void conclude(entry, peer, results),
      });
    }
  }

  async function conclude(
    entry: Active,
    peer: string | undefined,
    results: readonly JobResult[],
  ): Promise<void> {
    if (stopped) return;
    const at = now();
    const verdicts = results.map((result) => {
      const verdict = judge(result, peer, at, options.settlement());
      record(entry.message, result, verdict.result.state, verdict.result.said, peer);
      return verdict;
    });
    const failed = verdicts.flatMap((verdict): FailedRecipient[] =>
      verdict.failed === undefined ? [] : [verdict.failed],
    );
    const notice = await noticeFor(entry, failed, at);
    await settle({
      id: entry.message.id,
      at,
      peer: peer ?? "",
      results: verdicts.map(({ result }) => result),
      finished:
        entry.left === results.length &&
        verdicts.every(({ result }) => result.state !== "deferred"),
      ...(notice && { notice }),
    });
    if (notice !== undefined) take(notice, { chunks: notice.content, release: () => {} });
    for (const { result } of verdicts) {
      if (result.state === "deferred") alarm.by(result.nextAttempt);
    }
    // Only now: recipients with different ways may be in settlement at once.
    entry.left -= results.length;
    if (entry.left === 0) end(entry);
  }

  async function noticeFor(
    { message, content }: Active,
    failed: readonly FailedRecipient[],
    at: number,
  ): Promise<NewMessage | undefined> {
    if (failed.length === 0) return undefined;
    const octets = content?.chunks ?? store.content(message.id);
    return composeNotice(message, octets, failed, at, options.settlement());
  }

  /** The store must hear of it sooner or later: until then the message stays in hand, so that
   * nobody delivers it twice. */
  async function settle(settlement: Settlement): Promise<void> {
    for (;;) {
      try {
        await store.settle(settlement);
        return;
      } catch (error) {
        const message = formatMessageId(settlement.id);
        log.error({ event: "settle-failed", message, error }, "the store did not take a result");
        if (stopping) return;
        await new Promise((resolve) => setTimeout(resolve, settleAgain));
      }
    }
  }

  function end({ message, content, mayHaveMore }: Active): void {
    active.delete(message.id);
    content?.release();
    if (stopping && active.size === 0) onStopped?.();
    else if (overflow && active.size < options.maxActive / 2) poke();
    else if (mayHaveMore) alarm.by(now() + lookSoon);
  }

  function record(
    message: QueuedMessage,
    { recipient }: JobResult,
    state: string,
    said: string,
    peer: string | undefined,
  ): void {
    log.info(
      {
        event: "attempt",
        message: formatMessageId(message.id),
        recipient: formatAddress(recipient.address),
        ...(peer !== undefined && { peer }),
        state,
        said,
      },
      state,
    );
  }

  function take(kept: NewMessage, content: HeldContent | undefined): void {
    if (stopping || active.size >= options.maxActive) {
      overflow = true;
      content?.release();
    } else {
      begin(asQueued(kept), content, false);
    }
  }

  function poke(): void {
    if (looking) lookAgain = true;
    else if (!stopping) void look();
  }

  /** Fills the free room with what is due, then plans the next look. */
  async function look(): Promise<void> {
    looking = true;
    lookAgain = false;
    try {
      const room = options.maxActive - active.size;
      const limit = active.size + room;
      const at = now();
      const due = room > 0 ? await store.due({ now: at, limit, latest: latestPlan(at) }) : [];
      const fresh = due.filter(({ id }) => !active.has(id)).slice(0, room);
      overflow = room <= 0 || due.length >= limit;
      if (!stopping) for (const message of fresh) begin(message, undefined, true);
      const next = await store.earliestDue(at);
      if (next !== undefined) alarm.by(next);
    } catch (error) {
      log.error({ event: "queue-unreadable", error }, "the store did not say what is due");
      alarm.by(now() + settleAgain);
    }
    looking = false;
    if (lookAgain) poke();
  }

  /** Nothing is planned for later than this, except by a clock that was set back since. */
  function latestPlan(at: number): number {
    return at + 2 * Math.max(...options.settlement().schedule.retry);
  }

  return {
    take,
    poke,
    async stop(patience) {
      stopping = true;
      alarm.off();
      lanes.closeAll();
      if (active.size > 0) {
        await new Promise<void>((resolve) => {
          onStopped = resolve;
          setTimeout(resolve, patience).unref();
        });
      }
      stopped = true;
      options.cut();
    },
    get active() {
      return active.size;
    },
  };
}
