// From a domain to the hosts and addresses that its mail is sent to (RFC 5321 §5.1).

import { type LocatedHost, locateHosts } from "../../core/delivery/addresses.ts";
import {
  orderHosts,
  type OrderOptions,
  type Route,
  type Validation,
} from "../../core/delivery/mx.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { Resolver } from "./resolver.ts";

export interface DestinationOptions extends OrderOptions {
  /** Addresses at which this server takes mail from others, in their canonical text. */
  readonly ownAddresses: ReadonlySet<string>;
}

/** MX hosts whose addresses are looked up for one domain. A domain with more than this has them to
 * cost us look-ups. */
const mostHosts = 20;

export type Destination = Route<LocatedHost> & {
  /** Of the MX records, or of there being none. */
  readonly validation?: Validation;
};

/** Finds the hosts for a domain's mail, in the order to try them, each with its addresses. All
 * addresses are looked up before the first host is tried: any of them may be our own. */
export async function findDestination(
  resolver: Pick<Resolver, "mx" | "addresses">,
  domain: Domain,
  options: DestinationOptions,
): Promise<Destination> {
  const answer = await resolver.mx(domain);
  const route = orderHosts(domain, answer, options);
  if (route.kind === "no-route") return route;
  const hosts = route.hosts.slice(0, mostHosts);
  const found = await Promise.all(
    hosts.map(async (host) => ({ ...host, answer: await resolver.addresses(host.name) })),
  );
  const located = locateHosts(domain, found, options.ownAddresses);
  return "validation" in answer ? { ...located, validation: answer.validation } : located;
}
