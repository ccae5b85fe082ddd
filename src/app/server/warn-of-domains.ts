// Domains of ours whose mail other hosts get, as DNS says: most likely a mistake.

import { formatFinding } from "../../core/policy/proof/finding.ts";
import type { Log } from "../../server/log.ts";
import { findDomainsElsewhere } from "../proof.ts";
import type { Policy } from "./policy.ts";

/** To be left alone: a DNS that is down, or slow, holds nothing up. */
export async function warnOfDomains(
  { settings, resolver, ourselves }: Policy,
  log: Log,
): Promise<void> {
  for (const finding of await findDomainsElsewhere(settings.domains, resolver, ourselves)) {
    log.warn({ event: "policy-warning", kind: finding.kind }, formatFinding(finding));
  }
}
