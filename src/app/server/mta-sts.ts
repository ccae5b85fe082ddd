// Wires MTA-STS: policies of other domains, found when mail is on its way, and looked after.

import { readStsRecord, type StsRecordAnswer } from "../../core/mta-sts/record.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import { createSemaphore } from "../../io/process/semaphore.ts";
import { fetchStsPolicy } from "../../io/mta-sts/fetch-policy.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import type { MxPolicy } from "../../server/delivery/mx-policy.ts";
import type { Log } from "../../server/log.ts";
import { stsMxPolicy } from "../../server/mta-sts/mx-policy.ts";
import { StsPolicies } from "../../server/mta-sts/policies.ts";
import { StsRefresher } from "../../server/mta-sts/refresher.ts";
import { createHttpsWays } from "./https-ways.ts";
import type { Policy } from "./policy.ts";

export interface MtaSts {
  /** What domains ask by it; none while it is switched off. */
  readonly mxPolicies: () => readonly MxPolicy[];
  start(): void;
  close(): Promise<void>;
}

export interface MtaStsOptions {
  readonly store: Pick<Store, "stsPolicies">;
  readonly policy: () => Policy;
  readonly clock: Clock;
  /** Told when a policy could not be had. */
  readonly onFetchFailed: (domain: Domain, failure: TlsFailure) => void;
  /** Where policies are: 443, but for tests. */
  readonly httpsPort: number;
  readonly log: Log;
}

/** Policies that are fetched at once. */
const mostFetches = 100;

export function createMtaSts(options: MtaStsOptions): MtaSts {
  const { store, policy, clock, onFetchFailed, httpsPort, log } = options;
  const { now, elapsed } = clock;
  const stopped = new AbortController();
  const ways = createHttpsWays({ policy, clock, stopped: stopped.signal });
  async function record(domain: Domain): Promise<StsRecordAnswer> {
    const { resolver } = policy();
    const answer = await resolver.txt(`_mta-sts.${domain}`);
    if (answer.kind === "records") return readStsRecord(answer.texts);
    // A reload gives up what is being asked; the domain must not pass for one without a policy by that.
    return policy().resolver === resolver ? answer : record(domain);
  }

  const fetches = createSemaphore(mostFetches);
  const policies = new StsPolicies({
    store: store.stsPolicies,
    record,
    fetch: (domain) => fetches.run(() => fetchStsPolicy(domain, httpsPort, ways)),
    onFetchFailed,
    now,
    elapsed,
    log,
  });
  const isOn = () => policy().settings.mxTransport.mtaSts === "auto";
  const refresher = new StsRefresher({ store: store.stsPolicies, policies, isOn, now, log });
  const found: readonly MxPolicy[] = [stsMxPolicy((domain) => policies.find(domain))];
  return {
    mxPolicies: () => (isOn() ? found : []),
    start: () => refresher.start(),
    async close() {
      stopped.abort();
      await refresher.close();
    },
  };
}
