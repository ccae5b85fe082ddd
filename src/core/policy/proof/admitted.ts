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
import type { RelayPolicy } from "./policy.ts";
import type { Range } from "./ranges.ts";
import { foreignSituations, requestIn, roles, type Situation } from "./situations.ts";
import { rangesOf, type Space, union, versions } from "./space.ts";

/** What one line of the configuration opens to strangers on listeners of one role. */
export interface Admission {
  readonly role: RelayRole;
  readonly reason: AcceptReason;
  readonly place?: Place;
  readonly space: Space;
}

interface Found {
  readonly role: RelayRole;
  readonly version: IpVersion;
  readonly decision: Extract<Decision, { verdict: "accept" }>;
  readonly ranges: Range[];
}

/** One admission for each line that admits anybody, in the order of the addresses. */
export function findAdmissions(policy: RelayPolicy): readonly Admission[] {
  const situations = roles.map((role) => foreignSituations(role));
  const found = new Map<string, Found>();
  for (const version of versions) {
    for (const part of cutSpace(policy, version)) {
      const access = policy.access.access(part.member);
      for (const ofRole of situations) {
        for (const decision of acceptances(part, access, ofRole)) {
          remember(found, { part, decision, role: ofRole[0]?.role ?? "mx" });
        }
      }
    }
  }
  return merge([...found.values()]);
}

/** The accepting decisions about the part, each line's once. */
function acceptances(
  part: Part,
  access: Fact<AccessVerdict>,
  situations: readonly Situation[],
): readonly Found["decision"][] {
  const accepted = new Map<string, Found["decision"]>();
  for (const situation of situations) {
    const decision = decide(part.rules, requestIn(situation, part.member, access));
    if (decision.verdict === "accept") accepted.set(lineOf(decision), decision);
  }
  return [...accepted.values()];
}

function remember(
  found: Map<string, Found>,
  { part, decision, role }: { part: Part; decision: Found["decision"]; role: RelayRole },
): void {
  const key = `${role} ${part.version} ${lineOf(decision)}`;
  const { first, last, version } = part;
  const known = found.get(key);
  if (known === undefined) found.set(key, { role, version, decision, ranges: [{ first, last }] });
  else known.ranges.push({ first, last });
}

function merge(found: readonly Found[]): readonly Admission[] {
  const admissions = new Map<string, Admission>();
  for (const { role, version, decision, ranges } of found) {
    const key = `${role} ${lineOf(decision)}`;
    const space = rangesOf(version, ranges);
    const before = admissions.get(key);
    const { reason, place } = decision;
    admissions.set(key, {
      role,
      reason,
      ...(place && { place }),
      space: before === undefined ? space : union([before.space, space]),
    });
  }
  return [...admissions.values()];
}

function lineOf({ reason, place }: Found["decision"]): string {
  return `${reason} ${placeKey(place)}`;
}

/** Equal for equal places. */
export function placeKey(place: Place | undefined): string {
  return place === undefined ? "" : `${place.line}:${place.column}:${place.file}`;
}

/** All space that listeners of a role are open to. */
export function admittedTo(admissions: readonly Admission[], role: RelayRole): Space {
  return union(admissions.filter((each) => each.role === role).map(({ space }) => space));
}
