// The lines of the configuration that may open the relay, each with the prefixes that it names.

import type { Place } from "../../config/settings.ts";
import type { Prefix } from "../../mail/ip.ts";
import type { AccessRule, RelayPolicy } from "./policy.ts";

export interface NamedPrefix {
  readonly prefix: Prefix;
  readonly place?: Place;
  readonly from: "network" | "rule";
}

/** Every prefix that the operator has written down as one that may relay. */
export function namedPrefixes({ rules, access }: RelayPolicy): readonly NamedPrefix[] {
  const networks = rules.networks.map((network) => ({ ...network, from: "network" as const }));
  const ruled = access.rules.filter(opensRelay).flatMap(({ pattern, verdict: { place } }) =>
    pattern.kind === "addresses"
      ? pattern.prefixes.map((prefix) => ({
          prefix,
          from: "rule" as const,
          ...(place && { place }),
        }))
      : [],
  );
  return [...networks, ...ruled];
}

export function opensRelay({ verdict }: AccessRule): boolean {
  return verdict.access === "allow" && verdict.relay;
}
