// Where a destination's mail goes: the addresses of the hosts that the operator named, or of those that
// DNS names for a domain.

import { isIP } from "node:net";
import type {
  HostGroups,
  NextHost,
  SourceAddresses,
} from "../../core/config/transport-settings.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { findDestination } from "../../io/dns/destination.ts";
import { locateHost } from "../../io/dns/locate-host.ts";
import type { Outcome } from "../../server/delivery/job.ts";
import type { Candidate, Locate } from "../../server/delivery/opening.ts";
import type { HostTarget } from "./terms.ts";
import type { Policy } from "./policy.ts";

export interface LocateOptions {
  readonly policy: () => Policy;
  /** In [0, 1). */
  readonly random: () => number;
  /** Where other servers take mail: 25, but for tests. */
  readonly mxPort: number;
}

export function locator(target: HostTarget, options: LocateOptions): Locate {
  const sources = target.leaving?.sources;
  return async () => {
    const found =
      target.kind === "via"
        ? await locateVia(target.hosts, options)
        : await locateMx(target.domain, options);
    return found.ok && sources !== undefined ? reachableFrom(sources, found.value) : found;
  };
}

/** Of each of several hosts only so many addresses, so that its substitute gets its chance. */
const addressesOfEach = 2;

async function locateVia(
  groups: HostGroups,
  { policy, random }: LocateOptions,
): ReturnType<Locate> {
  const hosts = groups.flatMap((equals) => shuffled(equals, random));
  const found = await Promise.all(hosts.map((host) => locateOne(host, policy())));
  const most = hosts.length === 1 ? Infinity : addressesOfEach;
  const candidates = found.flatMap((one) => (one.ok ? one.value.slice(0, most) : []));
  if (candidates.length > 0) return good(candidates);
  return found.find((one) => !one.ok) ?? good([]);
}

async function locateOne(host: NextHost, policy: Policy): ReturnType<Locate> {
  if ("socket" in host) return good([{ name: host.socket, address: host.socket }]);
  const { host: name, port } = host;
  const useSystem = policy.settings.dns.servers.length === 0;
  const found = await locateHost(name, policy.resolver, useSystem);
  switch (found.kind) {
    case "addresses":
      return good(found.addresses.map((address) => ({ name, address, port })));
    // The operator named this host: that it is not there is a mistake to mend, not the mail's end.
    case "none":
    case "no-such-host":
      return bad(temporary("4.4.4", `the host ${name} has no address`));
    case "unknown":
      return bad(temporary("4.4.3", `the address of ${name} is unknown: ${found.why}`));
  }
}

async function locateMx(
  domain: string,
  { policy, random, mxPort }: LocateOptions,
): ReturnType<Locate> {
  const { resolver, validated, ourselves } = policy();
  const found = await findDestination(validated ?? resolver, domain, { ...ourselves, random });
  if (found.kind === "no-route") {
    const said = { status: found.status, text: found.why, remote: false };
    return bad({ kind: found.status.startsWith("4") ? "temporary" : "permanent", said });
  }
  const { validation: mx } = found;
  return good(
    found.hosts.flatMap(({ name, addresses, validation }) => {
      const signed = mx && validation && { signed: { mx, addresses: validation } };
      return addresses.map((address) => ({ name, address, port: mxPort, ...signed }));
    }),
  );
}

/** Addresses of a family for which there is an address of ours to leave from. */
function reachableFrom(
  sources: SourceAddresses,
  candidates: readonly Candidate[],
): Result<readonly Candidate[], Outcome> {
  const reachable = candidates.filter(({ address }) => sourceFor(sources, address) !== undefined);
  const [first] = candidates;
  if (reachable.length > 0 || first === undefined) return good(reachable);
  const missing = sources.ipv4 === undefined ? "IPv4" : "IPv6";
  const text = `${first.name} has ${missing} addresses alone, and \`source\` has none to leave from`;
  return bad(temporary("4.4.4", text));
}

export function sourceFor({ ipv4, ipv6 }: SourceAddresses, address: string): string | undefined {
  return isIP(address) === 6 ? ipv6 : ipv4;
}

/** Each order is as likely as any other (Fisher and Yates). */
function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const at = Math.floor(random() * (last + 1));
    const [one, other] = [order[last], order[at]];
    if (one !== undefined && other !== undefined) [order[last], order[at]] = [other, one];
  }
  return order;
}

function temporary(status: string, text: string): Outcome {
  return { kind: "temporary", said: { status, text, remote: false } };
}
