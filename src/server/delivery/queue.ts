// The queue at work. The store is the truth about what waits and until when; in memory is only what
// is being delivered now.

import { formatAddress } from "../../core/mail/address.ts";
import type { ReportedRecipient } from "../../core/mail/delivery-status.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type QueuedMessage,
  type Settlement,
} from "../../core/queue/message.ts";
import { createSemaphore } from "../../io/dns/semaphore.ts";
import { StoreError } from "../../io/store/error.ts";
import type { HeldContent } from "../held-content.ts";
import type { Log } from "../log.ts";
import type { Contact, JobResult, Octets } from "./job.ts";
import type { Lanes } from "./lanes.ts";
import { noticeAbout, returnsWhole } from "./notice-message.ts";
import { type DueSource, Refill } from "./refill.ts";
import { asQueued, judge, type SettlementOptions, type Verdict } from "./settlement.ts";
import { groupByTarget, type Target } from "./target.ts";
import { whileOurs } from "./while-ours.ts";

/** The part of the store that delivery needs. */
interface QueueStore extends DueSource {
  content(id: MessageId): AsyncIterable<Uint8Array>;
  /** False where the message was not there any more, or not ours: then nothing was kept. */
  settle(settlement: Settlement): Promise<boolean>;
}

export interface QueueOptions {
  readonly store: QueueStore;
  readonly lanes: Lanes;
  readonly targetOf: (
    recipient: QueuedMessage["recipients"][number],
    message: QueuedMessage,
  ) => Target;
  /** Asked for each attempt: a reload may change it. */
  readonly settlement: () => SettlementOptions;
  /** Cuts the connections of deliveries. */
  readonly cut: () => void;
  /** Messages in delivery at once; the others wait in the store. */
  readonly maxActive: number;
  /** In which messages are ours, undefined while that is in doubt; absent where nobody else delivers
   * from this store. */
  readonly term?: () => number | undefined;
  /** A recipient of an account's message has failed for good. */
  readonly onFailed?: (login: string) => void;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** A message in delivery. */
interface Active {
  readonly message: QueuedMessage;
  readonly content: HeldContent | undefined;
  /** It came from the store, which may hold recipients of it that are due later. */
  readonly mayHaveMore: boolean;
  /** In which it was ours when delivery began. */
  readonly term: number;
  /** Recipients that have not been settled. */
  left: number;
}

interface Concluded {
  readonly verdicts: readonly Verdict[];
  readonly reported: readonly ReportedRecipient[];
  /** What was delivered by sending it on. */
  readonly forwarded: readonly NewMessage[];
  /** UTC milliseconds. */
  readonly at: number;
}

/** Octets of a notice up to which it is delivered from memory; larger ones are read back. */
const worthHolding = 64 * 1024;
/** Notices with all of a message that are written at once. */
const maxWholeReturns = 4;
/** Wait before a settlement that the store did not take is tried again, in ms. */
const settleAgain = 5_000;

export class Queue {
  readonly #options: QueueOptions;
  readonly #active = new Map<MessageId, Active>();
  readonly #refill: Refill;
  readonly #wholeReturns = createSemaphore(maxWholeReturns);
  #stopping = false;
  #stopped = false;
  #onIdle: (() => void) | undefined;

  constructor(options: QueueOptions) {
    const { store, maxActive, settlement, now, log } = options;
    this.#options = options;
    this.#refill = new Refill({
      source: store,
      active: this.#active,
      maxActive,
      begin: (message) => this.#begin(message, undefined, true),
      longestWait: () => Math.max(...settlement().schedule.retry),
      now,
      log,
    });
  }

  /** Delivers a message that has just been kept. */
  take(kept: NewMessage, content: HeldContent | undefined): void {
    if (this.#active.has(kept.id)) {
      // A look into the store between its commit and now has found it, and began.
      content?.release();
    } else if (kept.releaseAt !== undefined && kept.releaseAt > this.#options.now()) {
      content?.release();
      this.#refill.by(kept.releaseAt);
    } else if (this.#stopping || this.#active.size >= this.#options.maxActive) {
      content?.release();
      this.#refill.leave();
    } else {
      this.#begin(asQueued(kept), content, false);
    }
  }

  /** Looks into the store now: something may have become due. */
  poke(): void {
    this.#refill.look();
  }

  /** Starts nothing new; resolves when all that is in hand is settled, or after `patience` ms. What
   * is left then is cut: the store still has it. */
  async stop(patience: number): Promise<void> {
    this.#stopping = true;
    this.#refill.stop();
    this.#options.lanes.closeAll();
    if (this.#active.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        setTimeout(resolve, patience).unref();
      });
    }
    this.#stopped = true;
    this.#options.cut();
  }

  #begin(message: QueuedMessage, content: HeldContent | undefined, mayHaveMore: boolean): void {
    const { lanes, targetOf } = this.#options;
    const term = this.#term();
    if (term === undefined) {
      content?.release();
      return this.#refill.leave();
    }
    const entry: Active = { message, content, mayHaveMore, term, left: message.recipients.length };
    this.#active.set(message.id, entry);
    const find = (recipient: QueuedMessage["recipients"][number]) => targetOf(recipient, message);
    for (const { target, recipients } of groupByTarget(message.recipients, find)) {
      lanes.of(target).submit({
        message,
        recipients,
        content: () => this.#contentOf(entry),
        report: (contact, results) => void this.#conclude(entry, contact, results),
        leave: () => this.#leave(entry, recipients.length),
      });
    }
  }

  #contentOf({ message, content, term }: Active): Octets {
    const octets = content?.chunks ?? this.#options.store.content(message.id);
    if (this.#options.term === undefined) return octets;
    return whileOurs(octets, () => this.#term() === term);
  }

  #term(): number | undefined {
    return this.#options.term === undefined ? 0 : this.#options.term();
  }

  /** Some recipients of a message have been tried. */
  async #conclude(
    entry: Active,
    contact: Contact | undefined,
    results: readonly JobResult[],
  ): Promise<void> {
    if (this.#stopped) return;
    const at = this.#options.now();
    const verdicts = results.map((result) => {
      const attempt = { message: entry.message, peer: contact?.name, now: at };
      const verdict = judge(result, attempt, this.#options.settlement());
      this.#record(entry.message, result, verdict, contact);
      return verdict;
    });
    const reported = reportedIn(verdicts);
    const forwarded = results.flatMap(({ outcome }) => outcome.onward ?? []);
    const keep = () => this.#keepResults(entry, contact, { verdicts, reported, forwarded, at });
    // A whole message in memory twice: not of many at once.
    const isKept = returnsWhole(entry.message, reported)
      ? await this.#wholeReturns.run(keep)
      : await keep();
    for (const { result } of isKept ? verdicts : []) {
      if (result.state === "failed" && entry.message.login !== undefined) {
        this.#options.onFailed?.(entry.message.login);
      }
      if (result.state === "deferred") this.#refill.by(result.nextAttempt);
    }
    // Only now: recipients with different ways may be in settlement at once.
    entry.left -= results.length;
    if (entry.left === 0) this.#end(entry);
  }

  /** Some recipients are not tried before the end. */
  #leave(entry: Active, recipients: number): void {
    entry.left -= recipients;
    if (entry.left === 0) this.#end(entry);
  }

  /** Returns whether the store has them. */
  async #keepResults(
    entry: Active,
    contact: Contact | undefined,
    { verdicts, reported, forwarded, at }: Concluded,
  ): Promise<boolean> {
    const { message } = entry;
    const notice =
      reported.length === 0
        ? undefined
        : await noticeAbout(
            message,
            this.#contentOf(entry),
            reported,
            at,
            this.#options.settlement(),
          );
    const isLast = entry.left === verdicts.length;
    const isKept = await this.#settle({
      id: message.id,
      at,
      peer: contact?.name ?? "",
      ...(contact?.protection && { protection: contact.protection }),
      results: verdicts.map(({ result }) => result),
      finished: isLast && verdicts.every(({ result }) => result.state !== "deferred"),
      ...(notice && { notice }),
      ...(forwarded.length > 0 && { forwarded }),
    });
    if (isKept && notice !== undefined) {
      const isSmall = notice.size <= worthHolding;
      this.take(notice, isSmall ? { chunks: notice.content, release: () => {} } : undefined);
    }
    for (const message of isKept ? forwarded : []) this.take(message, undefined);
    return isKept;
  }

  /** The store must hear of it sooner or later: until then the message stays in hand, so that
   * nobody delivers it twice. */
  async #settle(settlement: Settlement): Promise<boolean> {
    const { store, log } = this.#options;
    for (let tries = 0; ; tries++) {
      try {
        return await store.settle(settlement);
      } catch (error) {
        const message = formatMessageId(settlement.id);
        // The try before was kept after all, though its answer was lost: its notice is there.
        if (tries > 0 && error instanceof StoreError && error.kind === "conflict") return true;
        log.error({ event: "settle-failed", message, error }, "the store did not take a result");
        if (this.#stopping) return false;
        await new Promise((resolve) => setTimeout(resolve, settleAgain));
      }
    }
  }

  #end({ message, content, mayHaveMore }: Active): void {
    this.#active.delete(message.id);
    content?.release();
    this.#refill.ended(message.id, mayHaveMore);
    if (this.#active.size === 0) this.#onIdle?.();
  }

  #record(
    { id }: QueuedMessage,
    { recipient, outcome }: JobResult,
    { result }: Verdict,
    contact: Contact | undefined,
  ): void {
    this.#options.log.info(
      {
        event: "attempt",
        message: formatMessageId(id),
        recipient: formatAddress(recipient.address),
        ...(contact !== undefined && { peer: contact.name }),
        ...(contact?.protection && { protection: contact.protection }),
        state: result.state,
        said: result.said,
        ...(outcome.onward && { onward: outcome.onward.map((each) => formatMessageId(each.id)) }),
      },
      result.state,
    );
  }
}

function reportedIn(verdicts: readonly Verdict[]): readonly ReportedRecipient[] {
  return verdicts.flatMap(({ reported }) => (reported === undefined ? [] : [reported]));
}
