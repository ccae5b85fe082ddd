// From how TLS went on one connection to what is counted of it (RFC 8460 §4.3 and §4.4).

import type { Domain } from "../../core/mail/domain.ts";
import { listsHost } from "../../core/mta-sts/policy.ts";
import { sayNotListed } from "../../core/mta-sts/words.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import type { AppliedPolicy, SessionCount, SessionFailure } from "../../core/tls-report/session.ts";
import { isInside } from "../inside.ts";
import type { TlsEvent } from "../delivery/mx-terms.ts";
import type { Candidate } from "../delivery/opening.ts";

export interface Session extends Omit<SessionCount, "count"> {
  /** That the mail went to. */
  readonly domain: Domain;
}

/** Of a reason, in characters. */
const longestReason = 300;
const mx = "mx: ";

export function sessionOf({ domain, candidate, policy: asked, outcome }: TlsEvent): Session {
  const policy = policyOf(domain, candidate, asked);
  const failure = failureOf(policy, asked, candidate, outcome);
  if (failure === undefined) return { domain, policy };
  return { domain, policy, failure: describe(failure, candidate, outcome.localAddress) };
}

/** A policy that could not be had. */
export function sessionWithoutPolicy(domain: Domain, { type, why }: TlsFailure): Session {
  return {
    domain,
    policy: stsPolicy(domain, []),
    failure: { type, reason: why.slice(0, longestReason) },
  };
}

function policyOf(domain: Domain, { name }: Candidate, asked: TlsEvent["policy"]): AppliedPolicy {
  if (asked === undefined) return { type: "no-policy-found", domain, lines: [], hosts: [] };
  if (asked.policy === "dane") return { type: "tlsa", domain: name, lines: asked.text, hosts: [] };
  return stsPolicy(domain, asked.text);
}

function stsPolicy(domain: Domain, lines: readonly string[]): AppliedPolicy {
  const hosts = lines.flatMap((line) => (line.startsWith(mx) ? [line.slice(mx.length)] : []));
  return { type: "sts", domain, lines, hosts };
}

/** Under a policy in testing everything counts that would keep mail back if it were enforced. */
function failureOf(
  { domain, hosts }: AppliedPolicy,
  asked: TlsEvent["policy"],
  candidate: Candidate,
  { failure, doubt }: TlsEvent["outcome"],
): TlsFailure | undefined {
  if (asked?.policy !== "mta-sts-testing") return failure;
  if (!listsHost({ mx: hosts }, candidate.name)) return notListed(domain, candidate);
  return failure ?? doubt;
}

function notListed(domain: Domain, { name }: Candidate): TlsFailure {
  return { type: "validation-failure", why: sayNotListed(domain, name) };
}

/** A host without STARTTLS may say something else each time. And a domain that names an address of our own
 * network for its host does not learn from us what answers there. */
function tellsWhy(type: TlsFailure["type"], address: string): boolean {
  return type !== "starttls-not-supported" && !isInside(address);
}

function describe(
  { type, why }: TlsFailure,
  { name, address }: Candidate,
  localAddress: string | undefined,
): SessionFailure {
  return {
    type,
    ...(localAddress !== undefined && { from: localAddress }),
    host: name,
    to: address,
    ...(tellsWhy(type, address) && { reason: why.slice(0, longestReason) }),
  };
}
