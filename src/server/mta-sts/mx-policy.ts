// What a domain's MTA-STS policy asks of one of its hosts (RFC 8461 §4.1 and §5).

import { errorText } from "../../core/error-text.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { listsHost, policyLines } from "../../core/mta-sts/policy.ts";
import { sayNotListed } from "../../core/mta-sts/words.ts";
import type { Finding, MxPolicy, PassOver } from "../delivery/mx-policy.ts";
import type { StsFound } from "./policies.ts";

const nothing = { kind: "nothing", isSigned: false } as const satisfies Finding;

/** @param find rejects where it is not known what is known */
export function stsMxPolicy(find: (domain: Domain) => Promise<StsFound>): MxPolicy {
  return async (domain, candidate) => {
    let found: StsFound;
    try {
      found = await find(domain);
    } catch (error) {
      const why = `whether ${domain} has a policy (MTA-STS) could not be found out: ${errorText(error)}`;
      return { ...passOver("4.3.0", why, []), failure: { type: "sts-policy-fetch-error", why } };
    }
    const { policy, doubt } = found;
    if (policy === undefined) return { ...nothing, ...(doubt !== undefined && { doubt }) };
    if (policy.mode === "none") return nothing;
    const text = policyLines(policy);
    if (policy.mode === "testing") {
      const tls = "opportunistic";
      return { kind: "demand", policy: "mta-sts-testing", tls, isSigned: false, text };
    }
    if (!listsHost(policy, candidate.name)) {
      const why = sayNotListed(domain, candidate.name);
      return { ...passOver("4.7.5", why, text), failure: { type: "validation-failure", why } };
    }
    return { kind: "demand", policy: "mta-sts", tls: "verified", isSigned: true, text };
  };
}

function passOver(status: string, why: string, text: readonly string[]): Omit<PassOver, "failure"> {
  const said = { status, text: why, remote: false };
  return { kind: "pass-over", policy: "mta-sts", text, outcome: { kind: "temporary", said } };
}
