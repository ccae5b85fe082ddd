// What no single value shows: keys of a configuration that contradict each other.

import type { Domain } from "../mail/domain.ts";
import { parseIp } from "../mail/ip.ts";
import type { ConfigurationProblem, KeyPath } from "./problem.ts";
import { findBlocklistContradictions } from "./blocklist-contradictions.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import type { Endpoint } from "./settings.ts";
import { placeOfKey, problemAt, type Source } from "./source.ts";
import { isUnspecified } from "./this-host.ts";
import { findLoops } from "./loop-contradictions.ts";
import { findRouteContradictions } from "./route-contradictions.ts";
import { findTransportContradictions } from "./transport-contradictions.ts";
import { findStoreContradictions } from "./store-contradictions.ts";
import { formatDuration } from "./values/duration.ts";
import { formatEndpoint } from "./values/endpoint.ts";
import { domainOf } from "./values/name.ts";

export interface Contradiction {
  readonly path: KeyPath;
  readonly text: string;
}

export interface EndpointAt {
  readonly endpoint: Endpoint;
  readonly path: KeyPath;
}

/** Says on which line a key stands. */
export type LineOf = (path: KeyPath) => number;

/** All contradictions in a file whose values are each right by themselves. */
export function findContradictions(
  file: ConfigurationFile,
  source: Source,
): readonly ConfigurationProblem[] {
  const lineOf: LineOf = (path) => placeOfKey(source, path).line;
  return [
    ...sharedEndpoints(listenedOn(file), lineOf),
    ...uselessListeners(file),
    ...repeatedDomains(Object.keys(file.domains), lineOf),
    ...findRouteContradictions(file, lineOf),
    ...findLoops(file, listenedOn(file)),
    ...findTransportContradictions(file),
    ...longWaits(file.queue),
    ...unheardEvents(file),
    ...webWithoutTls(file),
    ...unverifiedPolicy(file),
    ...findBlocklistContradictions(file, lineOf),
    ...findStoreContradictions(file),
  ].map(({ path, text }) => problemAt(placeOfKey(source, path), path, text));
}

/** What nobody verifies is neither junk nor refused. */
function unverifiedPolicy({ authentication }: ConfigurationFile): readonly Contradiction[] {
  const { verify, dmarc } = authentication;
  if (verify || dmarc === "mark") return [];
  const text = `\`${dmarc}\` needs what \`verify: false\` turns off; take one of them out`;
  return [{ path: ["authentication", "dmarc"], text }];
}

function listenedOn({ listeners }: ConfigurationFile): readonly EndpointAt[] {
  return Object.entries(listeners).flatMap(([name, { listen }]) =>
    listen.map((endpoint, index) => ({ endpoint, path: ["listeners", name, "listen", index] })),
  );
}

function sharedEndpoints(all: readonly EndpointAt[], lineOf: LineOf): readonly Contradiction[] {
  return all.flatMap(({ endpoint, path }, index) => {
    const earlier = all.slice(0, index).find((other) => overlap(endpoint, other.endpoint));
    if (earlier === undefined) return [];
    const taken = `${formatEndpoint(earlier.endpoint)} on line ${lineOf(earlier.path)}`;
    return [{ path, text: `${formatEndpoint(endpoint)} is taken by ${taken}; keep one` }];
  });
}

/** Whether the system would refuse to bind both: an unspecified address takes all of its kind. */
function overlap(one: Endpoint, other: Endpoint): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  if (one.host === other.host) return true;
  const sameVersion = parseIp(one.host)?.version === parseIp(other.host)?.version;
  return sameVersion && (isUnspecified(one.host) || isUnspecified(other.host));
}

/** At a pop3 listener nothing can be done without a login. */
function uselessListeners({ listeners }: ConfigurationFile): readonly Contradiction[] {
  return Object.entries(listeners).flatMap(([name, listener]) => {
    const isUseless =
      listener.role === "pop3" && listener.tls === "off" && listener["login-in-clear"] === "never";
    if (!isUseless) return [];
    const text =
      "nobody could log in here without TLS; offer it, or set `login-in-clear: loopback`";
    return [{ path: ["listeners", name, "tls"], text }];
  });
}

/** The schema keeps names as they are written; `Example.org` and `example.org` are one domain. */
function repeatedDomains(names: readonly string[], lineOf: LineOf): readonly Contradiction[] {
  const seen = new Map<Domain, string>();
  return names.flatMap((name) => {
    const domain = domainOf(name);
    const earlier = seen.get(domain);
    if (earlier === undefined) {
      seen.set(domain, name);
      return [];
    }
    const place = `\`${earlier}\` on line ${lineOf(["domains", earlier])}`;
    return [{ path: ["domains", name], text: `this is the same domain as ${place}; keep one` }];
  });
}

function longWaits(queue: ConfigurationFile["queue"]): readonly Contradiction[] {
  const limit = queue["give-up-after"];
  return queue.retry.flatMap((wait, index) => {
    if (wait <= limit) return [];
    const found = `a wait of ${formatDuration(wait)} is longer than give-up-after`;
    const text = `${found}, ${formatDuration(limit)}; shorten it, or give up later`;
    return [{ path: ["queue", "retry", index], text }];
  });
}

/** What other servers tell comes by HTTP, and only `admin` listeners speak it. */
function unheardEvents({ listeners, relay }: ConfigurationFile): readonly Contradiction[] {
  if (relay.roaming?.events === undefined) return [];
  if (Object.values(listeners).some(({ role }) => role === "admin")) return [];
  const text =
    "no listener would hear them; add one, such as `admin: { role: admin, listen: [127.0.0.1:8025] }`";
  return [{ path: ["relay", "roaming", "events"], text }];
}

/** HTTP has no STARTTLS. */
function webWithoutTls({ listeners }: ConfigurationFile): readonly Contradiction[] {
  return Object.entries(listeners).flatMap(([name, { role, tls }]) => {
    if (role !== "admin" || tls === undefined || tls === "implicit" || tls === "off") return [];
    const text = `HTTP is encrypted from the first octet or never; write implicit or off, not ${tls}`;
    return [{ path: ["listeners", name, "tls"], text }];
  });
}
