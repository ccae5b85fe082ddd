// What a connection to a host has to come by that the DNS named for a domain's mail.

import type { Domain } from "../../core/mail/domain.ts";
import type { TlsWish } from "../../core/queue/message.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { ClientOptions } from "../../core/smtp/client/opening.ts";
import type { Judge } from "../../io/tls/client/doubt.ts";
import type { Outcome } from "./job.ts";
import { type Asked, askPolicies, type Demand, type MxPolicy, type PassOver } from "./mx-policy.ts";
import type { Candidate, HostTerms } from "./opening.ts";
import type { Secure } from "./peer.ts";
import type { TlsOutcome } from "./tls-outcome.ts";

export interface MxTermsOptions {
  readonly domain: Domain;
  readonly wish: TlsWish | undefined;
  /** For EHLO. */
  readonly hostname: string;
  /** What domains may ask of their hosts, the weightiest first; none where nobody looks. */
  readonly policies: readonly MxPolicy[];
  /** @param judge of the host's certificate, instead of the authorities of this machine. */
  readonly secure: (candidate: Candidate, judge: Judge | undefined) => Secure;
  /** Told how TLS went, for reports. */
  readonly onTls?: (event: TlsEvent) => void;
}

export interface TlsEvent {
  readonly domain: Domain;
  readonly candidate: Candidate;
  /** What was in force, or had the host passed over; undefined where the domain asks for nothing. */
  readonly policy: Pick<Demand, "policy" | "text"> | undefined;
  readonly outcome: TlsOutcome;
}

/** The terms for each host; the problem is why the domain gets no mail of that kind. */
export function createMxTerms(
  options: MxTermsOptions,
): Result<(candidate: Candidate) => Promise<Result<HostTerms, Outcome>>, Outcome> {
  const { domain, wish } = options;
  // RFC 8689 §4.2.2: what the sender says stands above what the domain asks for.
  const policies = wish === "optional" ? [] : options.policies;
  if (wish === "required" && policies.length === 0) return bad(unsigned(domain));
  /** By name: a host may have many addresses, all of which are asked for the same. */
  const known = new Map<string, ReturnType<typeof askPolicies>>();
  return good(async (candidate) => {
    const before = known.get(candidate.name);
    const asking = before ?? askPolicies(policies, domain, candidate);
    known.set(candidate.name, asking);
    const asked = await asking;
    if (!asked.ok) {
      if (before === undefined) tellOfPassOver(asked.problem, candidate, options);
      return bad(asked.problem.outcome);
    }
    // RFC 8689 §4.2.1, step 2.
    if (wish === "required" && !asked.value.isSigned) {
      const { doubt } = asked.value;
      return bad(doubt === undefined ? unsigned(domain) : undecided(domain, doubt));
    }
    return good(hostTerms(candidate, asked.value, options));
  });
}

function tellOfPassOver(
  passOver: PassOver,
  candidate: Candidate,
  { domain, onTls }: MxTermsOptions,
): void {
  const outcome = { failure: passOver.failure, doubt: undefined, localAddress: undefined };
  onTls?.({ domain, candidate, policy: passOver, outcome });
}

function hostTerms(
  candidate: Candidate,
  { demand, isSigned }: Asked,
  { domain, wish, hostname, secure, onTls }: MxTermsOptions,
): HostTerms {
  const session: ClientOptions = {
    hostname,
    tls: demand?.tls ?? "opportunistic",
    ...(demand !== undefined && { policy: demand.policy }),
    requireTls: wish === "required",
    isNameTrusted: isSigned,
  };
  return {
    session,
    secure: secure(candidate, demand?.judge),
    ...(onTls && { onTls: (outcome) => onTls({ domain, candidate, policy: demand, outcome }) }),
  };
}

function unsigned(domain: Domain): Outcome {
  const text = `its sender requires TLS (REQUIRETLS), but which hosts take mail for ${domain} is known from the DNS alone, unsigned: nobody can say that TLS would lead to the right one`;
  return { kind: "permanent", said: { status: "5.7.10", text, remote: false } };
}

/** Another attempt may find it out. */
function undecided(domain: Domain, doubt: string): Outcome {
  const text = `its sender requires TLS (REQUIRETLS), and it is not known whether ${domain} says which hosts take its mail: ${doubt}`;
  return { kind: "temporary", said: { status: "4.7.10", text, remote: false } };
}
