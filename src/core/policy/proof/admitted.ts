// The exact address space that would be relayed for without a login or a grant, found by asking
// `decide` about one member of every part.

import type { Place } from "../../config/settings.ts";
import { type IpVersion } from "../../mail/ip-number.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { AcceptReason } from "../reason.ts";
import type { RelayRole } from "../request.ts";
import { cutSpace, type Part } from "./parts.ts";
import { placeKey } from "./place-key.ts";
import type { RelayPolicy } from "./policy.ts";
import { normalize, type Range } from "./ranges.ts";
import { foreignSituations, requestIn, roles } from "./situations.ts";
import { type Space, union, versions } from "./space.ts";

/** What one line of the configuration opens to strangers on listeners of one role. */
export interface Admission {
  readonly role: RelayRole;
  readonly reason: AcceptReason;
  readonly place?: Place;
  readonly space: Space;
}

type Acceptance = Extract<Decision, { verdict: "accept" }>;

interface Found {
  readonly role: RelayRole;
  readonly decision: Acceptance;
  readonly ranges: Readonly<Record<IpVersion, Range[]>>;
}

/** One admission for each line that admits anybody, in the order of the addresses. */
export function findAdmissions(policy: RelayPolicy): readonly Admission[] {
  const situations = roles.flatMap(foreignSituations);
  const found = new Map<string, Found>();
  for (const version of versions) {
    for (const part of cutSpace(policy, version)) {
      const access = policy.access.access(part.member);
      for (const situation of situations) {
        const decision = decide(part.rules, requestIn(situation, part.member, access));
        if (decision.verdict === "accept") remember(found, part, { ...situation, decision });
      }
    }
  }
  return [...found.values()].map(toAdmission);
}

function remember(
  found: Map<string, Found>,
  { version, first, last }: Part,
  { role, decision }: Pick<Found, "role" | "decision">,
): void {
  const key = `${role} ${decision.reason} ${placeKey(decision.place)}`;
  const line = found.get(key) ?? { role, decision, ranges: { 4: [], 6: [] } };
  found.set(key, line);
  // In most situations the same line admits the same part.
  if (line.ranges[version].at(-1)?.first !== first) line.ranges[version].push({ first, last });
}

function toAdmission({ role, decision: { reason, place }, ranges }: Found): Admission {
  const space = { 4: normalize(ranges[4]), 6: normalize(ranges[6]) };
  return { role, reason, ...(place && { place }), space };
}

/** All space that listeners of a role are open to. */
export function admittedTo(admissions: readonly Admission[], role: RelayRole): Space {
  return union(admissions.filter((each) => each.role === role).map(({ space }) => space));
}
