// What a route or a domain says of the next host, and what cannot be meant together.

import type { Contradiction } from "./contradictions.ts";
import type { KeyPath } from "./problem.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import { isThisHost } from "./this-host.ts";

type Route = ConfigurationFile["routes"][number];

export function findTransportContradictions({
  routes,
  domains,
}: ConfigurationFile): readonly Contradiction[] {
  return [
    ...routes.flatMap((route, index) => [
      ...aboutTls(route, ["routes", index]),
      ...aboutLogin(route, ["routes", index]),
    ]),
    ...Object.entries(domains).flatMap(([name, domain]) => aboutTls(domain, ["domains", name])),
  ];
}

function aboutTls(
  { tls, "implicit-tls": implicit, authorities }: Partial<Route>,
  path: KeyPath,
): readonly Contradiction[] {
  if (tls !== "off") return [];
  const text = "there is no TLS with `tls: off`; leave one of them out";
  return [
    ...(implicit === true ? [{ path: [...path, "implicit-tls"], text }] : []),
    ...(authorities === undefined ? [] : [{ path: [...path, "authorities"], text }]),
  ];
}

/** A password for whoever listens is one that is lost. */
function aboutLogin({ tls, login, via }: Route, path: KeyPath): readonly Contradiction[] {
  const mayBeClear = tls === "off" || tls === "opportunistic";
  if (login === undefined || !mayBeClear || isThisHost(via.host)) return [];
  const text = `with \`tls: ${tls}\` the password could go in the clear; write \`tls: verified\`, or \`tls: required\``;
  return [{ path: [...path, "tls"], text }];
}
