// Fetches the policies of domains in use anew each day, long before they expire, and forgets those that
// have: whoever keeps us from a policy has to do so for all of its time, not just in one moment
// (RFC 8461 §10.2).

import { errorText } from "../../core/error-text.ts";
import type { StsPolicyStore } from "../../io/store/sts-policy-store.ts";
import type { Log } from "../log.ts";
import type { StsPolicies } from "./policies.ts";

export interface StsRefresherOptions {
  readonly store: Pick<StsPolicyStore, "stale" | "dropExpired">;
  readonly policies: Pick<StsPolicies, "refresh">;
  /** False while policies are of no interest. */
  readonly isOn: () => boolean;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

const day = 86_400_000;
/** Milliseconds for which a domain that gets no mail counts as one in use. */
const inUseFor = 30 * day;
/** Milliseconds from the start to the first look: mail comes first. */
const firstLook = 60_000;
/** Milliseconds between two looks. */
const lookEvery = 3_600_000;
/** In one look. */
const mostPolicies = 1_000;

export class StsRefresher {
  readonly #options: StsRefresherOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: StsRefresherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#plan(firstLook);
  }

  /** Never rejects: what fails comes again with the next look. */
  async look(): Promise<void> {
    const { store, policies, isOn, now, log } = this.#options;
    if (!isOn()) return;
    try {
      await store.dropExpired(now());
      const query = {
        usedSince: now() - inUseFor,
        fetchedBefore: now() - day,
        limit: mostPolicies,
      };
      for (const { domain } of await store.stale(query)) {
        if (this.#isClosed) return;
        // oxlint-disable-next-line no-await-in-loop -- there is time for one after the other
        await policies.refresh(domain);
      }
    } catch (error) {
      const why = errorText(error);
      log.warn({ event: "sts-refresh-failed" }, `MTA-STS policies were not looked after: ${why}`);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #plan(wait: number): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.look().finally(() => {
        if (!this.#isClosed) this.#plan(lookEvery);
      });
    }, wait).unref();
  }
}
