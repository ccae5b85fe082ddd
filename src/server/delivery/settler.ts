// Keeps what attempts came to, with the notices that they cause and the messages that they send on.

import type { ReportedRecipient } from "../../core/mail/delivery-status.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type Settlement,
} from "../../core/queue/message.ts";
import { createSemaphore } from "../../io/process/semaphore.ts";
import { StoreError } from "../../io/store/error.ts";
import type { Standee } from "../../io/store/line-store.ts";
import type { HeldContent } from "../held-content.ts";
import type { Log } from "../log.ts";
import type { Active } from "./active.ts";
import type { Contact, Octets } from "./job.ts";
import type { Verdict } from "./judge.ts";
import { noticeAbout, returnsWhole } from "./notice-message.ts";
import type { SettlementOptions } from "./settlement.ts";
import type { Standings } from "./standing.ts";

export interface SettleStore {
  /** False where the message was not there any more, or not ours: then nothing was kept. */
  settle(settlement: Settlement): Promise<boolean>;
}

export interface SettlerOptions {
  readonly store: SettleStore;
  readonly standings: Pick<Standings, "add">;
  /** Asked for each settlement: a reload may change it. */
  readonly settlement: () => SettlementOptions;
  readonly contentOf: (entry: Active) => Octets;
  /** Takes a message that is now kept, too. */
  readonly onKept: (message: NewMessage, content: HeldContent | undefined) => void;
  /** The queue stops: what the store does not take now is left as it was. */
  readonly isOver: () => boolean;
  readonly log: Log;
}

/** What attempts for some recipients of a message came to. */
export interface Concluded {
  readonly verdicts: readonly Verdict[];
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

export class Settler {
  readonly #options: SettlerOptions;
  readonly #wholeReturns = createSemaphore(maxWholeReturns);

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Once they are kept; false where the message was not there any more, or not ours. */
  async keep(entry: Active, contact: Contact | undefined, concluded: Concluded): Promise<boolean> {
    const { verdicts } = concluded;
    const places = placesOf(entry.message.id, verdicts);
    if (places !== undefined) {
      await this.#options.standings.add(places);
      return true;
    }
    const reported = reportedIn(verdicts);
    const settle = () => this.#settleWith(entry, contact, concluded, reported);
    // A whole message in memory twice: not of many at once.
    return returnsWhole(entry.message, reported) ? this.#wholeReturns.run(settle) : settle();
  }

  /** Keeps the results with the notice that they cause. */
  async #settleWith(
    entry: Active,
    contact: Contact | undefined,
    { verdicts, forwarded, at }: Concluded,
    reported: readonly ReportedRecipient[],
  ): Promise<boolean> {
    // Most cause none: a promise for nothing would cost as much as the rest of it.
    const notice = reported.length > 0 ? await this.#noticeFor(entry, reported, at) : undefined;
    const isKept = await this.#settle({
      id: entry.message.id,
      at,
      peer: contact?.name ?? "",
      protection: contact?.protection,
      results: verdicts.map(({ result }) => result),
      finished: entry.left === verdicts.length && verdicts.every(isEnd),
      notice,
      forwarded,
    });
    const { onKept } = this.#options;
    if (isKept && notice !== undefined) {
      this.#logNotice(entry.message.id, notice.id, reported);
      const isSmall = notice.size <= worthHolding;
      onKept(notice, isSmall ? { chunks: notice.content, release: () => {} } : undefined);
    }
    for (const message of isKept ? forwarded : []) onKept(message, undefined);
    return isKept;
  }

  async #noticeFor(
    entry: Active,
    reported: readonly ReportedRecipient[],
    at: number,
  ): Promise<NewMessage | undefined> {
    const content = this.#options.contentOf(entry);
    return noticeAbout(entry.message, content, reported, at, this.#options.settlement());
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
        if (this.#options.isOver()) return false;
        await new Promise((resolve) => setTimeout(resolve, settleAgain));
      }
    }
  }

  #logNotice(about: MessageId, id: MessageId, reported: readonly ReportedRecipient[]): void {
    const actions = [...new Set(reported.map(({ fate }) => fate.action))];
    const fields = { event: "notice", message: formatMessageId(id), about: formatMessageId(about) };
    this.#options.log.info({ ...fields, actions }, "a sender is told how it stands");
  }
}

function reportedIn(verdicts: readonly Verdict[]): readonly ReportedRecipient[] {
  return verdicts.flatMap(({ reported }) => (reported === undefined ? [] : [reported]));
}

function isEnd({ result }: Verdict): boolean {
  return result.state === "delivered" || result.state === "failed";
}

/** Undefined where something else than places is to be kept. */
function placesOf(id: MessageId, verdicts: readonly Verdict[]): readonly Standee[] | undefined {
  const places: Standee[] = [];
  for (const { result, reported } of verdicts) {
    if (result.state !== "lined" || reported !== undefined) return undefined;
    const { index, waited, inLine } = result;
    places.push({ id, index, waited, inLine });
  }
  return places;
}
