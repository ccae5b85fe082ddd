// Mail that is handed on to ourselves goes round until its Received fields are too many.

import type { Domain } from "../mail/domain.ts";
import { composeSmartHost } from "./compose-transport.ts";
import type { Contradiction, EndpointAt } from "./contradictions.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import type { Endpoint } from "./settings.ts";
import { isThisHost, isUnspecified } from "./this-host.ts";
import { formatEndpoint } from "./values/endpoint.ts";

/** @param listening where this server takes connections. */
export function findLoops(
  file: ConfigurationFile,
  listening: readonly EndpointAt[],
): readonly Contradiction[] {
  return handedOnTo(file).flatMap(({ endpoint, path }) => {
    const own = listening.find((listener) => reaches(endpoint, listener.endpoint, file.hostname));
    if (own === undefined) return [];
    const loop = `${formatEndpoint(endpoint)} is this server, listening on ${formatEndpoint(own.endpoint)}`;
    return [{ path, text: `${loop}: the mail would go in circles; name another host or port` }];
  });
}

function handedOnTo({ domains, routes }: ConfigurationFile): readonly EndpointAt[] {
  const relayed = Object.entries(domains).map(([name, { "relay-to": via, ...transport }]) => ({
    via,
    transport,
    path: ["domains", name, "relay-to"],
  }));
  const routed = routes.map(({ via, ...transport }, index) => ({
    via: via === "mx" ? undefined : via,
    transport,
    path: ["routes", index, "via"],
  }));
  return [...relayed, ...routed].flatMap(({ via, transport, path }) => {
    if (via === undefined) return [];
    const hosts = composeSmartHost(via, transport, "/").via.flat();
    return hosts.flatMap((host) => ("socket" in host ? [] : [{ endpoint: host, path }]));
  });
}

function reaches(target: Endpoint, listener: Endpoint, hostname: Domain): boolean {
  if (target.port !== listener.port) return false;
  if (target.host === listener.host || target.host === hostname) return true;
  return isUnspecified(listener.host) && isThisHost(target.host);
}
