// What no single prefix shows: many that each look like somebody's network may together be most of
// the Internet, which is nobody's, whatever is acknowledged.

import type { Place } from "../../../config/settings.ts";
import { formatPrefix, type Prefix } from "../../../mail/ip.ts";
import type { IpVersion } from "../../../mail/ip-number.ts";
import type { Finding } from "../finding.ts";
import { isAcknowledged, isTooWide } from "../lines.ts";
import { overlap as overlapRanges } from "../ranges.ts";
import {
  countAll,
  countOf,
  isEmpty,
  minus,
  nowhere,
  overlap,
  prefixesOf,
  type Space,
  spaceOf,
  union,
  versions,
} from "../space.ts";
import { privateSpace, reservedSpace } from "../special-space.ts";
import { describeSpace } from "../words.ts";
import type { Check, Evidence } from "./check.ts";

const everything: Space = {
  4: [{ first: 0n, last: countAll(4) - 1n }],
  6: [{ first: 0n, last: countAll(6) - 1n }],
};

const publicSpace = minus(everything, union([privateSpace, reservedSpace]));

export const findMostOfTheInternet: Check = (evidence) =>
  versions.flatMap((version) => {
    const space = namedOf(evidence, version);
    const opened = countOf(overlap(space, publicSpace), version);
    if (opened * 2n <= countOf(publicSpace, version)) return [];
    return hasAll(evidence, version) ? [] : [complaint(evidence, version, space)];
  });

/** Such a prefix has its own problem. */
function hasAll({ lines }: Evidence, version: IpVersion): boolean {
  return lines.some(({ prefixes }) =>
    prefixes.some(({ address, length }) => length === 0 && address.version === version),
  );
}

function complaint({ admissions }: Evidence, version: IpVersion, space: Space): Finding {
  const [widest] = admissions.toSorted((one, other) =>
    countOf(one.space, version) > countOf(other.space, version) ? -1 : 1,
  );
  const place = widest?.place;
  return {
    severity: "problem",
    kind: "most-of-the-internet",
    ...(place && { place }),
    space,
    text:
      `the networks that may relay make up ${describeSpace(space)} together, which is nobody's own ` +
      "and cannot be acknowledged; list only the networks that are yours",
  };
}

/** Neighbours whose sum is wider than each may be alone. */
export const findJoined: Check = (evidence) => {
  const { policy, lines } = evidence;
  const alone = spaceOf(lines.flatMap(({ prefixes }) => prefixes.filter(isTooWide)));
  return versions.flatMap((version) => {
    const rest = minus(minus(namedOf(evidence, version), alone), privateSpace);
    return prefixesOf(rest)
      .filter((prefix) => isTooWide(prefix) && !isAcknowledged(prefix, policy.acknowledged))
      .map((prefix) => {
        const space = spaceOf([prefix]);
        const first = lines.find((line) => !isEmpty(overlap(line.space, space)));
        return joined(prefix, space, first?.place);
      });
  });
};

function joined(prefix: Prefix, space: Space, place: Place | undefined): Finding {
  return {
    severity: "warning",
    kind: "joined",
    ...(place && { place }),
    space,
    text:
      `neighbouring networks make up ${describeSpace(space)}; if all of it is yours, add ` +
      `"${formatPrefix(prefix)}" to relay.acknowledge`,
  };
}

/** What is admitted of one version by lines that name it. */
function namedOf({ named, admitted }: Evidence, version: IpVersion): Space {
  return { ...nowhere, [version]: overlapRanges(admitted[version], named[version]) };
}
