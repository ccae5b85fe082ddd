// What a domain's MTA-STS policy asks of one of its hosts (RFC 8461 §4.1 and §5).

import { errorText } from "../../core/error-text.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { KnownPolicy } from "../../core/mta-sts/plan.ts";
import { listsHost, policyLines, type StsPolicy } from "../../core/mta-sts/policy.ts";
import { sayNotListed } from "../../core/mta-sts/words.ts";
import type { Outcome } from "../delivery/job.ts";
import type { Finding, MxPolicy } from "../delivery/mx-policy.ts";
import type { Candidate } from "../delivery/opening.ts";

export interface StsMxPolicyOptions {
  /** @throws where it is not known what holds */
  readonly find: (domain: Domain) => Promise<KnownPolicy | undefined>;
  /** Told of a host that is passed over. */
  readonly onPassedOver: (domain: Domain, candidate: Candidate, policy: StsPolicy) => void;
}

const nothing: Finding = { kind: "nothing", isSigned: false };

export function stsMxPolicy({ find, onPassedOver }: StsMxPolicyOptions): MxPolicy {
  return async (domain, candidate) => {
    let policy: StsPolicy | undefined;
    try {
      policy = await find(domain);
    } catch (error) {
      const text = `whether ${domain} has a policy (MTA-STS) could not be found out: ${errorText(error)}`;
      return { kind: "pass-over", outcome: temporary("4.3.0", text) };
    }
    if (policy === undefined || policy.mode === "none") return nothing;
    const text = policyLines(policy);
    if (policy.mode === "testing") {
      const tls = "opportunistic";
      return { kind: "demand", policy: "mta-sts-testing", tls, isSigned: false, text };
    }
    if (!listsHost(policy, candidate.name)) {
      onPassedOver(domain, candidate, policy);
      const why = sayNotListed(domain, candidate.name);
      return { kind: "pass-over", outcome: temporary("4.7.5", why) };
    }
    return { kind: "demand", policy: "mta-sts", tls: "verified", isSigned: true, text };
  };
}

function temporary(status: string, text: string): Outcome {
  return { kind: "temporary", said: { status, text, remote: false } };
}
