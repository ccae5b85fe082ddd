// Stops accounts that somebody else sends with: what they send is refused, what they have in the
// queue is held, and the operator is told, until the operator releases them.

import type { BreakerBounds } from "../../core/limits/breaker.ts";
import { Breaker } from "../../core/limits/breaker.ts";
import type { Counted } from "../../core/limits/words.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { MessageStore } from "../../io/store/message-store.ts";
import type { StoppedAccount, StopStore } from "../../io/store/stop-store.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Log } from "../log.ts";

export interface AccountBreakerOptions {
  readonly bounds: BreakerBounds;
  /** Those of before this start. */
  readonly stopped: readonly StoppedAccount[];
  readonly stops: StopStore;
  readonly messages: Pick<MessageStore, "hold">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds until the store is asked again that could not stop or hold. */
const patience = 30_000;

/** Accounts are named as `accountKey` has them. */
export class AccountBreaker {
  readonly #options: AccountBreakerOptions;
  #stopped: ReadonlyMap<string, StoppedAccount>;
  /** Stopped here, and not in the store yet. */
  readonly #pending = new Set<StoppedAccount>();
  #bounds: BreakerBounds;
  #breaker: Breaker;
  #closed = false;

  constructor(options: AccountBreakerOptions) {
    this.#options = options;
    this.#stopped = new Map(options.stopped.map((each) => [each.account, each]));
    this.#bounds = options.bounds;
    this.#breaker = new Breaker(options.bounds);
  }

  /** Puts other bounds in place and counts anew, if they are others; who is stopped stays so. */
  renew(bounds: BreakerBounds): void {
    if (JSON.stringify(bounds) === JSON.stringify(this.#bounds)) return;
    this.#bounds = bounds;
    this.#breaker = new Breaker(bounds);
  }

  /** What a stopped account is told; undefined for one that may send. */
  told(account: string): string | undefined {
    const stopped = this.#stopped.get(account);
    return stopped && `${stopped.why}; sending is stopped until your postmaster releases it`;
  }

  /** One piece more of an account's; returns what it is told where that is one too many. */
  count(what: Counted, account: string): string | undefined {
    const passed = this.#breaker.count(what, account, this.#options.clock.elapsed());
    if (passed !== undefined) this.#stop(account, passed);
    return this.told(account);
  }

  /** A recipient of an account's was refused for good: here, or where its mail went. */
  countRefused(account: string, where: "here" | "there"): void {
    const passed = this.#breaker.countRefused(account, where, this.#options.clock.elapsed());
    if (passed !== undefined) this.#stop(account, passed);
  }

  list(): readonly StoppedAccount[] {
    return [...this.#stopped.values()];
  }

  /** False where the account is not stopped. Its mail stays held: that is for the caller.
   * @throws {StoreError} where it would be stopped again after a restart. */
  async release(account: string): Promise<boolean> {
    const wasKept = await this.#options.stops.release(account);
    return this.#forget(account) || wasKept;
  }

  /** Reads again who is stopped, where other hosts stop and release as well. */
  async reread(): Promise<void> {
    const kept = await this.#options.stops.list();
    const stopped = new Map([...kept, ...this.#pending].map((each) => [each.account, each]));
    for (const { account } of this.list()) if (!stopped.has(account)) this.#forget(account);
    this.#stopped = stopped;
  }

  close(): void {
    this.#closed = true;
  }

  #stop(account: string, why: string): void {
    if (this.#stopped.has(account)) return;
    const { clock, log } = this.#options;
    const stopped = { account, since: clock.now(), why };
    this.#stopped = new Map(this.#stopped).set(account, stopped);
    this.#pending.add(stopped);
    log.error(
      { event: "account-stopped", account, why },
      `${account} is stopped, its password may be stolen: ${why}. See its mail: bailiwick queue list --login ${shellWord(account)}; then: bailiwick account release ${shellWord(account)}`,
    );
    void this.#carryOut(stopped);
  }

  #forget(account: string): boolean {
    const stopped = new Map(this.#stopped);
    const wasStopped = stopped.delete(account);
    this.#stopped = stopped;
    this.#breaker.forget(account, this.#options.clock.elapsed());
    return wasStopped;
  }

  /** In the store, sooner or later; unless it was released meanwhile. */
  async #carryOut(stopped: StoppedAccount): Promise<void> {
    const { stops, messages, log } = this.#options;
    const { account } = stopped;
    if (this.#closed || this.#stopped.get(account)?.since !== stopped.since) {
      this.#pending.delete(stopped);
      return;
    }
    try {
      await stops.stop(stopped);
      this.#pending.delete(stopped);
      const held = await messages.hold({ ids: "all", login: account });
      log.info({ event: "account-held", account, held }, `${held} messages are held`);
    } catch (error) {
      log.error({ event: "account-hold-failed", account, error }, "mail could not be held yet");
      setTimeout(() => void this.#carryOut(stopped), patience).unref();
    }
  }
}
