// What is known of domains' policies: in the store, and in memory for as long as that is the same.

import type { Domain } from "../../core/mail/domain.ts";
import { holds, type KnownPolicy } from "../../core/mta-sts/plan.ts";
import type { StsPolicyStore } from "../../io/store/sts-policy-store.ts";
import type { Log } from "../log.ts";

export interface PolicyMemoryOptions {
  readonly store: Pick<StsPolicyStore, "find" | "keep" | "use">;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly log: Log;
}

interface Entry {
  /** Undefined: there is none. */
  readonly policy: KnownPolicy | undefined;
  /** UTC milliseconds, as the store has it. */
  readonly usedAt: number;
  /** Monotonic milliseconds. */
  readonly readAt: number;
}

/** Domains that are remembered. */
const mostDomains = 10_000;
/** Milliseconds after which a use is noted again. */
const noteEvery = 86_400_000;
/** Milliseconds for which it holds that there is no policy: another host may have found one. */
const noneFor = 300_000;

export class PolicyMemory {
  readonly #options: PolicyMemoryOptions;
  readonly #known = new Map<Domain, Entry>();

  constructor(options: PolicyMemoryOptions) {
    this.#options = options;
  }

  /** @throws {StoreError} */
  async recall(domain: Domain): Promise<KnownPolicy | undefined> {
    const { now, elapsed } = this.#options;
    const entry = this.#known.get(domain);
    const isGood =
      entry !== undefined &&
      (holds(entry.policy, now()) ||
        (entry.policy === undefined && elapsed() - entry.readAt < noneFor));
    return isGood ? entry.policy : this.read(domain);
  }

  /** Past what is remembered. @throws {StoreError} */
  async read(domain: Domain): Promise<KnownPolicy | undefined> {
    const kept = await this.#options.store.find(domain);
    this.#remember(domain, kept?.policy, kept?.usedAt ?? this.#options.now());
    return kept?.policy;
  }

  /** A store that does not take it keeps no mail from going by it. */
  async keep(domain: Domain, policy: KnownPolicy): Promise<void> {
    const { store, now } = this.#options;
    const usedAt = this.#known.get(domain)?.usedAt ?? now();
    this.#remember(domain, policy, usedAt);
    await this.#write(domain, store.keep({ domain, policy, usedAt }));
  }

  /** Notes that mail goes by the policy. */
  noteUse(domain: Domain): void {
    const { store, now } = this.#options;
    const entry = this.#known.get(domain);
    if (entry === undefined || now() - entry.usedAt < noteEvery) return;
    this.#remember(domain, entry.policy, now());
    void this.#write(domain, store.use(domain, now()));
  }

  async #write(domain: Domain, written: Promise<void>): Promise<void> {
    try {
      await written;
    } catch (error) {
      const text = `the MTA-STS policy of ${domain} was not kept`;
      this.#options.log.warn({ event: "sts-policy-not-kept", domain, error }, text);
    }
  }

  #remember(domain: Domain, policy: KnownPolicy | undefined, usedAt: number): void {
    // Deleted first, so that the order of the map stays the order of age.
    this.#known.delete(domain);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= mostDomains && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(domain, { policy, usedAt, readAt: this.#options.elapsed() });
  }
}
