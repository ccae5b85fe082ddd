// A prefix that is admitted is private, or no wider than one owner may vouch for, or acknowledged.

import { formatPrefix, type Prefix } from "../../../mail/ip.ts";
import { placeKey } from "../place-key.ts";
import type { Finding } from "../finding.ts";
import { isAcknowledged, isTooWide, type NamedLine } from "../lines.ts";
import { isEmpty, nowhere, overlap, type Space, spaceOf } from "../space.ts";
import { widestPublic } from "../special-space.ts";
import { describeSpace, listOf } from "../words.ts";
import type { Check } from "./check.ts";

/** One finding a line, however many prefixes it stands for. */
export const findWidePrefixes: Check = ({ policy, admissions, lines }) => {
  const opened = new Map(admissions.map(({ place, space }) => [placeKey(place), space]));
  return lines.flatMap((line) => {
    const wide = line.prefixes.filter(
      (prefix) => isTooWide(prefix) && !isAcknowledged(prefix, policy.acknowledged),
    );
    if (wide.length === 0) return [];
    const space = overlap(opened.get(placeKey(line.place)) ?? nowhere, spaceOf(wide));
    return isEmpty(space) ? [] : [complaint(line, wide, space)];
  });
};

function complaint({ place, from }: NamedLine, wide: readonly Prefix[], space: Space): Finding {
  const opens = from === "network" ? "relay.networks: this" : "RELAYCLIENT is set here, which";
  return {
    severity: "problem",
    kind: "too-wide",
    ...(place && { place }),
    space,
    text: `${opens} lets ${describeSpace(space)} send mail to anyone through this host; ${advice(wide, from)}`,
  };
}

function advice(prefixes: readonly Prefix[], from: NamedLine["from"]): string {
  const widest = Math.max(...prefixes.map(widestPublic));
  const where = from === "network" ? "list" : "set it for";
  const narrow = `${where} only the networks that are yours, each no wider than /${widest}`;
  // Nobody can vouch for everyone.
  if (prefixes.some(({ length }) => length === 0) || prefixes.length > 3) return narrow;
  const quoted = listOf(prefixes.map((prefix) => `"${formatPrefix(prefix)}"`));
  return `${narrow}, or, if all of it is yours, add ${quoted} to relay.acknowledge`;
}
