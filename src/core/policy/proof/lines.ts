// The lines of the configuration that may open the relay, each with the addresses that it names.

import type { Place } from "../../config/settings.ts";
import { formatPrefix, type Prefix } from "../../mail/ip.ts";
import { addressBits } from "../../mail/ip-number.ts";
import { placeKey } from "./place-key.ts";
import type { AccessRule, Acknowledgement, RelayPolicy } from "./policy.ts";
import { prefixesOf, type Space, spaceOf } from "./space.ts";
import { isPrivate, widestPublic } from "./special-space.ts";

export interface NamedLine {
  readonly place?: Place;
  readonly from: "network" | "rule";
  readonly space: Space;
  /** The fewest that make it up: a rule for `18.0-255.` names 18.0.0.0/8. */
  readonly prefixes: readonly Prefix[];
}

/** Every line in which the operator has written down addresses that may relay. */
export function namedLines({ rules, access }: RelayPolicy): readonly NamedLine[] {
  const networks = rules.networks.map((network) => ({ ...network, from: "network" as const }));
  const ruled = access.rules.filter(opensRelay).flatMap((rule) => {
    const prefix = prefixOf(rule);
    const { place } = rule.verdict;
    return prefix === undefined ? [] : [{ prefix, from: "rule" as const, ...(place && { place }) }];
  });
  const lines = Map.groupBy([...networks, ...ruled], ({ place }) => placeKey(place));
  return [...lines.values()].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    const space = spaceOf(entries.map(({ prefix }) => prefix));
    const { place, from } = first;
    return [{ from, space, prefixes: prefixesOf(space), ...(place && { place }) }];
  });
}

export function opensRelay({ verdict }: AccessRule): boolean {
  return verdict.access === "allow" && verdict.relay;
}

/** The addresses that a rule is for; undefined where it goes by names, or is the default. */
export function prefixOf({ pattern }: AccessRule): Prefix | undefined {
  switch (pattern.kind) {
    case "address": {
      const { address } = pattern;
      return { address, length: addressBits[address.version] };
    }
    case "network":
      return pattern.prefix;
    case "host":
    case "suffix":
    case "any-host":
    case "default":
      return undefined;
  }
}

/** Whether the prefix needs an acknowledgement: it is public, and too wide to be one owner's. */
export function isTooWide(prefix: Prefix): boolean {
  return !isPrivate(prefix) && prefix.length < widestPublic(prefix);
}

/** One by one: each acknowledgement is for the prefix that it names, not for what lies in it. */
export function isAcknowledged(prefix: Prefix, acknowledged: readonly Acknowledgement[]): boolean {
  if (acknowledged.length === 0 || prefix.length === 0) return false;
  const written = formatPrefix(prefix);
  return acknowledged.some((each) => formatPrefix(each.prefix) === written);
}
