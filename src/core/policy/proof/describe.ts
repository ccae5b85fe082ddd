// The proof's findings in the words that the command line and the page share.

import type { Place } from "../../config/settings.ts";
import type { IpVersion } from "../../mail/ip-number.ts";
import type { AcceptReason } from "../reason.ts";
import { countAll, countOf, type Space, versions } from "./space.ts";
import { formatCount, formatShare } from "./words.ts";

/** The configuration's own lines go by their number; address rules may stand in a file of their own. */
export function describeLine(reason: AcceptReason, place: Place | undefined): string {
  if (place === undefined) return reason;
  return reason === "trusted-network" ? `line ${place.line}` : `${place.file}:${place.line}`;
}

/** `256 IPv4 addresses (0.0000059 % of IPv4)`; empty for no space. */
export function describeTotal(space: Space): string {
  return versions
    .filter((version) => space[version].length > 0)
    .map((version) => {
      const { addresses, share } = totalOf(space, version);
      const noun = addresses === "1" ? "address" : "addresses";
      return `${addresses} IPv${version} ${noun} (${share} of IPv${version})`;
    })
    .join(" and ");
}

function totalOf(space: Space, version: IpVersion): { addresses: string; share: string } {
  const count = countOf(space, version);
  return { addresses: formatCount(count), share: formatShare(count, countAll(version)) };
}
