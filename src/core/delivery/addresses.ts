// The addresses of the hosts that take a domain's mail, and what it means when there are none.

import type { Domain } from "../mail/domain.ts";
import { dropOurselves, type MxHost, type NoRoute, type Route, type Validation } from "./mx.ts";

/** What the DNS said about a host's addresses, A and AAAA together. */
export type AddressAnswer =
  /** At least one, in the order to try them. */
  | {
      readonly kind: "addresses";
      readonly addresses: readonly string[];
      /** Absent where nobody looked at signatures. */
      readonly validation?: Validation;
    }
  /** The host exists, but has no address. */
  | { readonly kind: "none" }
  /** NXDOMAIN. */
  | { readonly kind: "no-such-host" }
  | { readonly kind: "unknown"; readonly why: string };

/** A host with its addresses, as canonical text, in the order to try them. */
export interface LocatedHost extends MxHost {
  readonly addresses: readonly string[];
  /** Of the addresses. */
  readonly validation?: Validation;
}

export interface FoundHost extends MxHost {
  readonly answer: AddressAnswer;
}

/** Both families take turns, IPv6 first (as RFC 8305 §4 advises): where one family has no way out,
 * every second attempt is made in the other. */
export function interleave(ipv6: readonly string[], ipv4: readonly string[]): readonly string[] {
  const longer = Math.max(ipv6.length, ipv4.length);
  return Array.from({ length: longer }, (_, turn) => [
    ...ipv6.slice(turn, turn + 1),
    ...ipv4.slice(turn, turn + 1),
  ]).flat();
}

/** Keeps the hosts that have addresses. Those that have an address of ours are dropped as
 * `orderHosts` drops those with our name. `found` comes in order of preference. */
export function locateHosts(
  domain: Domain,
  found: readonly FoundHost[],
  ownAddresses: ReadonlySet<string>,
): Route<LocatedHost> {
  const located = found.flatMap(({ preference, name, answer }): LocatedHost[] => {
    if (answer.kind !== "addresses") return [];
    const { addresses, validation } = answer;
    return [{ preference, name, addresses, ...(validation && { validation }) }];
  });
  const route: Route<LocatedHost> =
    located.length === 0
      ? nowhere(domain, found)
      : dropOurselves(domain, located, ({ addresses }) =>
          addresses.some((address) => ownAddresses.has(address)),
        );
  return route.kind === "hosts" ? route : (waitFor(domain, found) ?? route);
}

/** A host whose addresses are unknown may be the one that works: reason enough not to give up. */
function waitFor(domain: Domain, found: readonly FoundHost[]): NoRoute | undefined {
  for (const { name, answer } of found) {
    if (answer.kind !== "unknown") continue;
    const why = `the addresses of ${name}, a host for mail to ${domain}, are unknown: ${answer.why}`;
    return { kind: "no-route", status: "4.4.3", why };
  }
  return undefined;
}

function nowhere(domain: Domain, found: readonly FoundHost[]): NoRoute {
  const names = found.map(({ name }) => name).join(", ");
  const why =
    names === domain
      ? `the domain ${domain} has neither MX records nor an address`
      : `none of the MX hosts of ${domain} has an address: ${names}`;
  return { kind: "no-route", status: "5.4.4", why };
}
