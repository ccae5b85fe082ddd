// The exact address space that would be relayed for without a login or a grant, found by asking
// `decide` about one member of every part.

import type { Place } from "../../config/settings.ts";
import { type IpVersion } from "../../mail/ip-number.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { AcceptReason } from "../reason.ts";
import type { AccessVerdict, RelayRole } from "../request.ts";
import type { Fact } from "../fact.ts";
import { cutSpace, type Part } from "./parts.ts";
import { placeKey } from "./place-key.ts";
import type { RelayPolicy } from "./policy.ts";
import { normalize, type Range } from "./ranges.ts";
import { foreignSituations, requestIn, roles, type Situation } from "./situations.ts";
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
  const situations = roles.map((role) => ({ role, all: foreignSituations(role) }));
  const found = new Map<string, Found>();
  for (const version of versions) {
    for (const part of cutSpace(policy, version)) {
      const access = policy.access.access(part.member);
      for (const { role, all } of situations) {
        for (const [line, decision] of acceptances(part, access, all)) {
          const key = `${role} ${line}`;
          const known = found.get(key) ?? { role, decision, ranges: { 4: [], 6: [] } };
          known.ranges[version].push(part);
          found.set(key, known);
        }
      }
    }
  }
  return [...found.values()].map(toAdmission);
}

/** The accepting decisions about the part, each line's once. */
function acceptances(
  part: Part,
  access: Fact<AccessVerdict>,
  situations: readonly Situation[],
): ReadonlyMap<string, Acceptance> {
  const accepted = new Map<string, Acceptance>();
  for (const situation of situations) {
    const decision = decide(part.rules, requestIn(situation, part.member, access));
    if (decision.verdict === "accept") accepted.set(lineOf(decision), decision);
  }
  return accepted;
}

function toAdmission({ role, decision: { reason, place }, ranges }: Found): Admission {
  const space = { 4: normalize(ranges[4].map(bounds)), 6: normalize(ranges[6].map(bounds)) };
  return { role, reason, ...(place && { place }), space };
}

function bounds({ first, last }: Range): Range {
  return { first, last };
}

function lineOf({ reason, place }: Acceptance): string {
  return `${reason} ${placeKey(place)}`;
}

/** All space that listeners of a role are open to. */
export function admittedTo(admissions: readonly Admission[], role: RelayRole): Space {
  return union(admissions.filter((each) => each.role === role).map(({ space }) => space));
}
