// The MTA-STS policies of the domains that mail goes to: those that are known, and those that are
// looked for when mail is on its way (RFC 8461 §5.1).

import type { Domain } from "../../core/mail/domain.ts";
import { holds, type KnownPolicy, planPolicy } from "../../core/mta-sts/plan.ts";
import type { StsPolicy } from "../../core/mta-sts/policy.ts";
import type { StsRecordAnswer } from "../../core/mta-sts/record.ts";
import { describeStsPolicy } from "../../core/mta-sts/words.ts";
import type { Result } from "../../core/result.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import { type FetchPauses, createFetchPauses } from "./fetch-pauses.ts";
import { PolicyMemory, type PolicyMemoryOptions } from "./memory.ts";

export interface StsPoliciesOptions extends PolicyMemoryOptions {
  /** Asks the DNS whether a domain has a policy. Never rejects. */
  readonly record: (domain: Domain) => Promise<StsRecordAnswer>;
  /** Never rejects. */
  readonly fetch: (domain: Domain) => Promise<Result<StsPolicy, TlsFailure>>;
  /** Told when a policy could not be had. */
  readonly onFetchFailed: (domain: Domain, failure: TlsFailure) => void;
}

/** What holds for mail to a domain. */
export interface StsFound {
  /** Undefined where nothing does. */
  readonly policy: KnownPolicy | undefined;
  /** Why it may be that there is a policy all the same. */
  readonly doubt?: string;
}

export class StsPolicies {
  readonly #options: StsPoliciesOptions;
  readonly #memory: PolicyMemory;
  readonly #pauses: FetchPauses;
  readonly #sought = new Map<Domain, Promise<StsFound>>();

  constructor(options: StsPoliciesOptions) {
    this.#options = options;
    this.#memory = new PolicyMemory(options);
    this.#pauses = createFetchPauses(options.elapsed);
  }

  /** All who ask at once share an answer. @throws {StoreError} where it is not known what is known */
  async find(domain: Domain): Promise<StsFound> {
    const running = this.#sought.get(domain);
    if (running !== undefined) return running;
    const sought = this.#find(domain).finally(() => this.#sought.delete(domain));
    this.#sought.set(domain, sought);
    return sought;
  }

  /** Fetches a policy anew although it still holds, so that it never runs out for a domain that goes on
   * publishing it (§10.2). @throws {StoreError} */
  async refresh(domain: Domain): Promise<void> {
    const known = await this.#memory.read(domain);
    const record = await this.#options.record(domain);
    if (record.kind === "id") await this.#fetch(domain, record.id, known);
  }

  async #find(domain: Domain): Promise<StsFound> {
    const { now, record: ask } = this.#options;
    let known = await this.#memory.recall(domain);
    const record = await ask(domain);
    const plan = planPolicy(known, record, now());
    if (plan.do === "fetch" && this.#pauses.mayFetch(domain, plan.id)) {
      // Another host that shares the store may have it.
      known = await this.#memory.read(domain);
      const isThere = known?.id === plan.id && holds(known, now());
      if (!isThere) known = await this.#fetch(domain, plan.id, known);
    }
    if (holds(known, now())) {
      this.#memory.noteUse(domain);
      return { policy: known };
    }
    if (record.kind === "unknown") return { policy: undefined, doubt: record.why };
    const doubt = "its policy (MTA-STS) could not be had";
    return { policy: undefined, ...(plan.do === "fetch" && { doubt }) };
  }

  /** What cannot be had leaves what is known as it is. */
  async #fetch(
    domain: Domain,
    id: string,
    known: KnownPolicy | undefined,
  ): Promise<KnownPolicy | undefined> {
    const { fetch, now, log, onFetchFailed } = this.#options;
    const fetched = await fetch(domain);
    this.#pauses.fetched(domain, id, fetched.ok);
    if (!fetched.ok) {
      const { type, why } = fetched.problem;
      const goesOn = holds(known, now()) ? "; the one that is known holds" : "";
      const text = `the MTA-STS policy of ${domain} could not be had: ${why}${goesOn}`;
      log.warn({ event: "sts-policy-failed", domain, type }, text);
      onFetchFailed(domain, fetched.problem);
      return known;
    }
    const policy: KnownPolicy = { ...fetched.value, id, fetchedAt: now() };
    await this.#memory.keep(domain, policy);
    const { mode } = policy;
    log.info({ event: "sts-policy", domain, id, mode }, describeStsPolicy(domain, policy));
    return policy;
  }
}
