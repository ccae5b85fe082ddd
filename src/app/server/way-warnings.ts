// What this machine says of the ways that mail takes: addresses to leave from that it has not, and hosts
// that are itself.

import { networkInterfaces } from "node:os";
import {
  type ConfigurationProblem,
  formatProblem,
  type KeyPath,
} from "../../core/config/problem.ts";
import type { Place, Settings } from "../../core/config/settings.ts";
import { problemAt } from "../../core/config/source.ts";
import type { Leaving, SmartHost } from "../../core/config/transport-settings.ts";
import { formatHost } from "../../core/config/values/next-hosts.ts";
import { formatIp, isLoopback, parseIp } from "../../core/mail/ip.ts";
import type { Log } from "../../server/log.ts";
import { findOurselves } from "./ourselves.ts";

interface Way {
  readonly via: "mx" | SmartHost["via"];
  readonly leaving?: Leaving;
  readonly place: Place;
  readonly path: KeyPath;
  readonly key: "via" | "relay-to";
}

/** @param addresses that this machine has. */
export function findWayWarnings(
  settings: Settings,
  addresses: ReadonlySet<string> = machineAddresses(),
): readonly ConfigurationProblem[] {
  return waysOf(settings).flatMap((way) => [
    ...foreignSources(way, addresses),
    ...ourOwnHosts(way, settings),
  ]);
}

export function warnOfWays(settings: Settings, log: Log): void {
  for (const problem of findWayWarnings(settings)) {
    log.warn({ event: "configuration-warning" }, formatProblem(problem));
  }
}

function waysOf({ routes, domains }: Settings): readonly Way[] {
  return [
    ...routes.map((route, index) => ({ ...route, path: ["routes", index], key: "via" }) as const),
    ...domains.flatMap(({ name, deliver, place }) =>
      deliver.to === "relay"
        ? [{ ...deliver, place, path: ["domains", name], key: "relay-to" } as const]
        : [],
    ),
  ];
}

/** It may be one that comes later, with a failover or a tunnel: that is the operator's to know. */
function foreignSources(
  { leaving, place, path }: Way,
  addresses: ReadonlySet<string>,
): readonly ConfigurationProblem[] {
  return Object.values(leaving?.sources ?? {}).flatMap((source) => {
    const ip = parseIp(source);
    if (addresses.has(source) || (ip !== undefined && isLoopback(ip))) return [];
    const text = `this machine has no address ${source} now: while it has none, the mail of this way waits`;
    return [problemAt(place, [...path, "source"], text)];
  });
}

function ourOwnHosts(
  { via, place, path, key }: Way,
  settings: Settings,
): readonly ConfigurationProblem[] {
  if (via === "mx") return [];
  const ports = new Set(
    settings.listeners.flatMap(({ role, listen }) =>
      role === "mx" || role === "submission" ? listen.map(({ port }) => port) : [],
    ),
  );
  const { ownAddresses } = findOurselves(settings);
  return via.flat().flatMap((host) => {
    if ("socket" in host || !ports.has(host.port) || !ownAddresses.has(host.host)) return [];
    const text = `${formatHost(host)} is this server itself: the mail would go in circles`;
    return [problemAt(place, [...path, key], text)];
  });
}

function machineAddresses(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces())
      .flatMap((addresses = []) => addresses)
      .flatMap(({ address }) => {
        const ip = parseIp(address);
        return ip === undefined ? [] : [formatIp(ip)];
      }),
  );
}
