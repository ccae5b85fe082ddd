// What the page shows of the running server beside what can be done by its operations.

import type { Settings } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import type { ProvenPolicy } from "../../core/policy/proof/map/admitted-lines.ts";
import { openPublishedLookups } from "../../io/dns/published-lookups.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import type {
  ResolverTest,
  ServerView,
  ShownCertificate,
} from "../../server/admin/page/server-view.ts";
import { createRelayFacts, type RelayFacts } from "../../server/admin/page/relay/relay-facts.ts";
import type { HostHealth } from "../../server/delivery/host-health.ts";
import type { HistoryReader } from "../../server/metrics/history.ts";
import type { Policy } from "./policy.ts";
import type { Proofs } from "./proofs.ts";

export interface PageViewParts {
  /** The one that holds at the moment. */
  readonly policy: () => Policy;
  readonly proofs: Pick<Proofs, "of">;
  readonly health: Pick<HostHealth, "silent">;
  readonly certificates: Pick<Certificates, "shown">;
  /** There once the server is. */
  readonly history: () => HistoryReader;
  readonly clock: Clock;
}

export function createPageView(parts: PageViewParts): ServerView {
  const { policy, proofs, health, certificates, history, clock } = parts;
  /** Made once for each policy. */
  const facts = new WeakMap<ProvenPolicy, RelayFacts>();

  async function relay(): Promise<RelayFacts> {
    const { settings, addressRules } = policy();
    const proven = await proofs.of(settings, addressRules());
    const known = facts.get(proven) ?? createRelayFacts(proven);
    facts.set(proven, known);
    return known;
  }

  return {
    settings: () => policy().settings,
    relay,
    history: {
      read: (span) => history().read(span),
      now: () => history().now(),
    },
    certificates: () => certificates.shown.map(showCertificate),
    silentHosts: () => health.silent(),
    testResolvers: () => testResolvers(policy().settings, clock.elapsed),
  };
}

function showCertificate({ files, pair }: Certificates["shown"][number]): ShownCertificate {
  const { names, expiresAt, warning, leaf } = pair;
  return {
    names,
    expiresAt,
    file: files.certificate,
    isSelfSigned: leaf.checkIssued(leaf),
    ...(warning !== undefined && { warning }),
  };
}

/** @param elapsed monotonic milliseconds */
function testResolvers(
  { dns: { servers }, hostname }: Settings,
  elapsed: () => number,
): Promise<readonly ResolverTest[]> {
  const each = servers.map((server) => ({ name: formatEndpoint(server), asked: [server] }));
  const all = each.length > 0 ? each : [{ name: "those of the system", asked: [] }];
  return Promise.all(
    all.map(async ({ name, asked }) => {
      const questions = openPublishedLookups(asked);
      const begun = elapsed();
      const answer = await questions.addresses(hostname);
      questions.close();
      if (!answer.ok) return { name, problem: answer.problem, latency: null };
      return { name, latency: elapsed() - begun };
    }),
  );
}
