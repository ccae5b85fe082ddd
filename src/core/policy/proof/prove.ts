// The proof that a policy is no open relay: who would be relayed for, exactly, and what is wrong
// with that.

import { type Admission, findAdmissions } from "./admitted.ts";
import { findIdleAcknowledgements } from "./checks/acknowledged.ts";
import type { Check } from "./checks/check.ts";
import { findGateways } from "./checks/gateways.ts";
import { findHostRules } from "./checks/host-rules.ts";
import { findProxies } from "./checks/proxies.ts";
import { findJoined, findMostOfTheInternet } from "./checks/together.ts";
import { findUnnamed } from "./checks/unnamed.ts";
import { findWidePrefixes } from "./checks/width.ts";
import type { Finding } from "./finding.ts";
import { namedLines } from "./lines.ts";
import type { RelayPolicy, Surroundings } from "./policy.ts";
import { isEmpty, overlap, union } from "./space.ts";

export interface Proof {
  /** Who may send to anyone without a login, by role and by the line that admits them. */
  readonly admissions: readonly Admission[];
  /** Problems first. A policy with a problem must not be served. */
  readonly findings: readonly Finding[];
}

const checks: readonly Check[] = [
  findUnnamed,
  findWidePrefixes,
  findMostOfTheInternet,
  findHostRules,
  findProxies,
  findJoined,
  findIdleAcknowledgements,
];

export function prove(policy: RelayPolicy, surroundings: Surroundings): Proof {
  const admissions = findAdmissions(policy);
  const admitted = union(admissions.map(({ space }) => space));
  const lines = namedLines(policy);
  const named = union(lines.map(({ space }) => space));
  const evidence = { policy, surroundings, admissions, admitted, lines, named };
  const found = checks.flatMap((check) => check(evidence));
  // Where everybody is let in, the gateway is no news.
  const known = union(problemsOf(found).map(({ space }) => space));
  const gateways = findGateways(evidence).filter(({ space }) => isEmpty(overlap(space, known)));
  const findings = [...found, ...gateways];
  return { admissions, findings: [...problemsOf(findings), ...warningsOf(findings)] };
}

export function problemsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "problem");
}

export function warningsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "warning");
}
