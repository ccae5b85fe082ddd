// What the domain that mail goes to asks of the hosts that take it: DANE (RFC 7672), MTA-STS (RFC 8461).

import type { Domain } from "../../core/mail/domain.ts";
import type { TlsLevel, TransportPolicyName } from "../../core/smtp/client/protection.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import type { Judge } from "../../io/tls/client/doubt.ts";
import type { Outcome } from "./job.ts";
import type { Candidate } from "./opening.ts";

/** Looks for what `domain` asks of one of its hosts. Never rejects. */
export type MxPolicy = (domain: Domain, candidate: Candidate) => Promise<Finding>;

export type Finding = Nothing | Demand | PassOver;

/** Nothing is asked. */
interface Nothing extends Signed {
  readonly kind: "nothing";
  /** Why it may be that something is, which could not be found out. */
  readonly doubt?: string;
}

/** The host must get no mail for the domain now. */
export interface PassOver extends Said {
  readonly kind: "pass-over";
  readonly outcome: Outcome;
  /** The same for reports. */
  readonly failure: TlsFailure;
}

interface Said {
  readonly policy: TransportPolicyName;
  /** The policy as a report shows it (RFC 8460 §4.4, policy-string). */
  readonly text: readonly string[];
}

interface Signed {
  /** That the host takes mail for the domain is the domain's own word, by DNSSEC or by MTA-STS. */
  readonly isSigned: boolean;
}

export interface Demand extends Signed, Said {
  readonly kind: "demand";
  readonly tls: Exclude<TlsLevel, "off">;
  /** Judges the host's certificate; where it is absent, it must be for the host's name and of an
   * authority that this machine trusts. */
  readonly judge?: Judge;
  /** A later policy may ask for more. */
  readonly mayBeRaised?: boolean;
}

/** What all policies together ask of a host. */
export interface Asked extends Signed {
  readonly demand: Demand | undefined;
  /** Why it may be that more is asked. */
  readonly doubt: string | undefined;
}

/** Asks the policies in their order: what an earlier one asks for, no later one takes back. The problem
 * is why the host is passed over. */
export async function askPolicies(
  policies: readonly MxPolicy[],
  domain: Domain,
  candidate: Candidate,
): Promise<Result<Asked, PassOver>> {
  let demand: Demand | undefined;
  let doubt: string | undefined;
  let isSigned = false;
  for (const policy of policies) {
    // One after the other: most hosts need no more than the first.
    // oxlint-disable-next-line no-await-in-loop
    const found = await policy(domain, candidate);
    if (found.kind === "pass-over") return bad(found);
    isSigned ||= found.isSigned;
    if (found.kind === "nothing") {
      doubt ??= found.doubt;
      continue;
    }
    if (demand === undefined || strength[found.tls] > strength[demand.tls]) demand = found;
    if (found.mayBeRaised !== true) break;
  }
  return good({ demand, doubt, isSigned });
}

const strength: Readonly<Record<Demand["tls"], number>> = {
  opportunistic: 0,
  required: 1,
  verified: 2,
};
