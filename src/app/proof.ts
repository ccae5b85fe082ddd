// The proof for a configuration as this host would serve it.

import type { DomainSettings, Settings } from "../core/config/settings.ts";
import { known } from "../core/policy/fact.ts";
import { findElsewhere, isNeverPublic } from "../core/policy/proof/elsewhere.ts";
import { type Finding, formatFinding } from "../core/policy/proof/finding.ts";
import type { ProvenPolicy } from "../core/policy/proof/map/admitted-lines.ts";
import type { AccessRules, RelayPolicy } from "../core/policy/proof/policy.ts";
import { type Proof, problemsOf, prove } from "../core/policy/proof/prove.ts";
import { type AddressRules, verdictOf } from "../core/rules/address-rules.ts";
import { listRules } from "../core/rules/enumerate.ts";
import { lookUpPublication } from "../io/dns/publication.ts";
import type { Resolver } from "../io/dns/resolver.ts";
import { createSemaphore } from "../io/process/semaphore.ts";
import { hostSurroundings, readSurroundings } from "../io/net/surroundings.ts";
import { ConfigurationError } from "./errors.ts";
import type { Ourselves } from "./server/ourselves.ts";

/** Proves who may relay, on this host. */
export async function proveSettings(settings: Settings, rules: AddressRules): Promise<Proof> {
  return (await provePolicy(settings, rules)).proof;
}

/** The same, with what was proven. */
export async function provePolicy(settings: Settings, rules: AddressRules): Promise<ProvenPolicy> {
  const policy = relayPolicyOf(settings, accessRulesOf(rules));
  return { policy, proof: prove(policy, await readSurroundings(hostSurroundings)) };
}

function accessRulesOf(rules: AddressRules): AccessRules {
  return {
    rules: [...listRules(rules)],
    access: (client) => known(verdictOf(rules.find(client, undefined))),
  };
}

function relayPolicyOf({ relay, listeners }: Settings, access: AccessRules): RelayPolicy {
  return {
    rules: relay,
    access,
    acknowledged: relay.acknowledged,
    listeners,
  };
}

/** @throws {ConfigurationError} with the counterexamples, a line each. */
export function requireProof({ findings }: Proof): void {
  const problems = problemsOf(findings);
  if (problems.length > 0) {
    throw new ConfigurationError(problems.map(formatFinding).join("\n"));
  }
}

/** Domains that are looked up at once. */
const concurrency = 10;
/** Milliseconds after which no further domain is looked up. */
const patience = 30_000;

/** Warnings about domains whose mail goes elsewhere, says the DNS. What it does not answer is no
 * warning. Never rejects. */
export async function findDomainsElsewhere(
  domains: readonly DomainSettings[],
  resolver: Resolver,
  ourselves: Ourselves,
): Promise<readonly Finding[]> {
  const places = createSemaphore(concurrency);
  const over = AbortSignal.timeout(patience);
  const found = domains
    .filter(({ name }) => !isNeverPublic(name))
    .map((domain) =>
      places.run(async () => {
        if (over.aborted) return undefined;
        const publication = await lookUpPublication(resolver, domain.name, ourselves.ownNames);
        return findElsewhere(domain, publication, ourselves);
      }),
    );
  return (await Promise.all(found)).filter((finding) => finding !== undefined);
}
