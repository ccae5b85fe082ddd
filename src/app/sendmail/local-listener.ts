// The listener that takes mail of this machine: one where nobody logs in, reached over loopback if it
// can be.

import type { Endpoint, ListenerSettings } from "../../core/config/settings.ts";

/** Where to connect to; undefined where no listener of the role mx can be used without TLS and without
 * a proxy. */
export function findLocalListener(listeners: readonly ListenerSettings[]): Endpoint | undefined {
  const endpoints = listeners.filter(takesLocalMail).flatMap(({ listen }) => listen.map(nearest));
  const known = endpoints.filter(({ port }) => port !== 0);
  return known.find(({ host }) => isLoopback(host)) ?? known[0];
}

function takesLocalMail({ role, tls, proxies }: ListenerSettings): boolean {
  return role === "mx" && proxies === undefined && (tls === "offered" || tls === "off");
}

/** A listener on every address is on loopback too. */
function nearest({ host, port }: Endpoint): Endpoint {
  if (host === "0.0.0.0") return { host: "127.0.0.1", port };
  return host === "::" ? { host: "::1", port } : { host, port };
}

function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}
