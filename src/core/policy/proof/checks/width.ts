// A prefix that is admitted is private, or no wider than one owner may vouch for, or acknowledged.

import { formatPrefix, type Prefix } from "../../../mail/ip.ts";
import { placeKey } from "../admitted.ts";
import type { Finding } from "../finding.ts";
import { type NamedPrefix, namedPrefixes } from "../lines.ts";
import type { Acknowledgement } from "../policy.ts";
import { isEmpty, nowhere, overlap, type Space, spaceOf } from "../space.ts";
import { isPrivate, widestPublic } from "../special-space.ts";
import { describeSpace, listOf } from "../words.ts";
import type { Check } from "./check.ts";

/** One finding a line, however many prefixes it stands for: `1-255.` are 255. */
export const findWidePrefixes: Check = ({ policy, admissions }) => {
  const wide = namedPrefixes(policy).filter(
    ({ prefix }) => isTooWide(prefix) && !isAcknowledged(prefix, policy.acknowledged),
  );
  if (wide.length === 0) return [];
  const opened = new Map(admissions.map(({ place, space }) => [placeKey(place), space]));
  return [...Map.groupBy(wide, ({ place }) => placeKey(place))].flatMap(([line, named]) => {
    const prefixes = named.map(({ prefix }) => prefix);
    const space = overlap(opened.get(line) ?? nowhere, spaceOf(prefixes));
    const [first] = named;
    return first === undefined || isEmpty(space) ? [] : [complaint(first, prefixes, space)];
  });
};

function complaint(
  { place, from }: NamedPrefix,
  prefixes: readonly Prefix[],
  space: Space,
): Finding {
  const opens = from === "network" ? "relay.networks: this" : "RELAYCLIENT is set here, which";
  return {
    severity: "problem",
    kind: "too-wide",
    ...(place && { place }),
    space,
    text: `${opens} lets ${describeSpace(space)} send mail to anyone through this host; ${advice(prefixes, from)}`,
  };
}

function advice(prefixes: readonly Prefix[], from: NamedPrefix["from"]): string {
  const widest = Math.max(...prefixes.map(widestPublic));
  const where = from === "network" ? "list" : "set it for";
  const narrow = `${where} only the networks that are yours, each no wider than /${widest}`;
  // Nobody can vouch for everyone.
  if (prefixes.some(({ length }) => length === 0) || prefixes.length > 3) return narrow;
  const quoted = listOf(prefixes.map((prefix) => `"${formatPrefix(prefix)}"`));
  return `${narrow}, or, if all of it is yours, add ${quoted} to relay.acknowledge`;
}

/** Whether the prefix needs an acknowledgement. */
export function isTooWide(prefix: Prefix): boolean {
  return !isPrivate(prefix) && prefix.length < widestPublic(prefix);
}

/** One by one: each acknowledgement is for the prefix that it names, not for what lies in it. */
export function isAcknowledged(prefix: Prefix, acknowledged: readonly Acknowledgement[]): boolean {
  const written = formatPrefix(prefix);
  return prefix.length > 0 && acknowledged.some((each) => formatPrefix(each.prefix) === written);
}
