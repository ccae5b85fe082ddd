// When an account sends as only somebody who stole its password would.

import type { Rate } from "./bucket.ts";
import { createLimitTable, type LimitTable } from "./table.ts";
import { WindowCount } from "./window-count.ts";
import { type Counted, describeLimit } from "./words.ts";

export interface BreakerBounds {
  /** Each rate counts for itself. */
  readonly messages: readonly Rate[];
  readonly recipients: readonly Rate[];
  /** Refused recipients in about an hour. */
  readonly refused: number;
  /** The part of all recipients that must be refused besides: 0.3 of them; above 1 never. */
  readonly refusedShare: number;
}

interface Recipients {
  readonly all: WindowCount;
  readonly refused: WindowCount;
}

const capacity = 20_000;
/** Milliseconds in which refused recipients are seen together. */
const refusedPeriod = 3_600_000;

export class Breaker {
  readonly #bounds: BreakerBounds;
  readonly #tables: Readonly<Record<Counted, readonly LimitTable[]>>;
  readonly #recipients = new Map<string, Recipients>();

  constructor(bounds: BreakerBounds) {
    this.#bounds = bounds;
    this.#tables = {
      messages: limitTables(bounds.messages),
      recipients: limitTables(bounds.recipients),
    };
  }

  /** One piece more; returns the bound that it passes, in words. @param now monotonic milliseconds */
  count(what: Counted, account: string, now: number): string | undefined {
    const passed = this.#tables[what].find((table) => !table.hasRoom(account, now));
    if (passed !== undefined) return describeLimit(passed.rate, what, "login");
    for (const table of this.#tables[what]) table.take(account, now);
    if (what === "recipients") this.#recipientsOf(account, now).all.add(now);
    return undefined;
  }

  /** A recipient was refused, here, before it was counted, or later, where the mail went; returns
   * the bound that it passes, in words. @param now monotonic milliseconds */
  countRefused(account: string, where: "here" | "there", now: number): string | undefined {
    const { all, refused } = this.#recipientsOf(account, now);
    if (where === "here") all.add(now);
    refused.add(now);
    const count = Math.round(refused.at(now));
    const share = count / Math.max(1, Math.round(all.at(now)));
    const { refused: most, refusedShare } = this.#bounds;
    if (count < most || share < refusedShare || refusedShare > 1) return undefined;
    return `${count} of ${Math.max(count, Math.round(all.at(now)))} recipients refused in an hour`;
  }

  /** Begins anew with an account that was released. @param now monotonic milliseconds */
  forget(account: string, now: number): void {
    for (const table of [...this.#tables.messages, ...this.#tables.recipients]) {
      table.giveBack(account, Infinity, now);
    }
    this.#recipients.delete(account);
  }

  #recipientsOf(account: string, now: number): Recipients {
    const found = this.#recipients.get(account);
    if (found !== undefined) return found;
    const [oldest] = this.#recipients.keys();
    if (this.#recipients.size >= capacity && oldest !== undefined) this.#recipients.delete(oldest);
    const counts = {
      all: new WindowCount(refusedPeriod, now),
      refused: new WindowCount(refusedPeriod, now),
    };
    this.#recipients.set(account, counts);
    return counts;
  }
}

function limitTables(rates: readonly Rate[]): readonly LimitTable[] {
  return rates.map((rate) => createLimitTable(rate, capacity));
}
