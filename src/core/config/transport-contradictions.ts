// What a route or a domain says of the next host, and what cannot be meant together.

import { parseIp } from "../mail/ip.ts";
import { implicitPort, protocolOf } from "./compose-transport.ts";
import type { Contradiction } from "./contradictions.ts";
import type { KeyPath } from "./problem.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import { hostTransport } from "./schema/transport.ts";
import { isThisHost } from "./this-host.ts";
import type { ReadHosts } from "./values/next-hosts.ts";

type Route = ConfigurationFile["routes"][number];
type Written = Omit<Partial<Route>, "via">;

export function findTransportContradictions({
  routes,
  domains,
}: ConfigurationFile): readonly Contradiction[] {
  return [
    ...routes.flatMap((route, index) => {
      const path = ["routes", index];
      if (route.via === "mx") return aboutMx(route, path);
      return [...aboutHosts(route, route.via, path, "via"), ...aboutLogin(route, route.via, path)];
    }),
    ...Object.entries(domains).flatMap(([name, domain]) => {
      const hosts = domain["relay-to"];
      return hosts === undefined ? [] : aboutHosts(domain, hosts, ["domains", name], "relay-to");
    }),
  ];
}

function aboutHosts(
  written: Written,
  hosts: ReadHosts,
  path: KeyPath,
  key: "via" | "relay-to",
): readonly Contradiction[] {
  return [
    ...aboutTls(written, path),
    ...aboutPorts(written, hosts, [...path, key]),
    ...aboutSockets(written, hosts, path),
    ...aboutLmtp(written, hosts, [...path, key]),
    ...aboutSource(written, hosts, path),
  ];
}

/** Whose hosts they are, and what they can, is for DNS and for them to say. */
function aboutMx(route: Written, path: KeyPath): readonly Contradiction[] {
  return [...Object.keys(hostTransport), "login"].flatMap((key) =>
    key in route
      ? [
          {
            path: [...path, key],
            text: `\`${key}\` is for hosts that are named, not for \`via: mx\``,
          },
        ]
      : [],
  );
}

function aboutTls(
  { tls, "implicit-tls": implicit, authorities }: Written,
  path: KeyPath,
): readonly Contradiction[] {
  if (tls !== "off") return [];
  const text = "there is no TLS with `tls: off`; leave one of them out";
  return [
    ...(implicit === true ? [{ path: [...path, "implicit-tls"], text }] : []),
    ...(authorities === undefined ? [] : [{ path: [...path, "authorities"], text }]),
  ];
}

/** RFC 8314 §3.3: who waits for a greeting on port 465 waits in vain. */
function aboutPorts(written: Written, hosts: ReadHosts, path: KeyPath): readonly Contradiction[] {
  if (written["implicit-tls"] !== undefined || written.tls === "off") return [];
  const implicit = hosts.flat().filter((host) => "port" in host && host.port === implicitPort);
  if (implicit.length === 0 || implicit.length === hosts.flat().length) return [];
  const text = `on port ${implicitPort} TLS begins with the connection, and on the others with STARTTLS; name hosts of one kind`;
  return [{ path, text }];
}

function aboutSockets(written: Written, hosts: ReadHosts, path: KeyPath): readonly Contradiction[] {
  const sockets = hosts.flat().filter((host) => "socket" in host).length;
  if (sockets === 0) return [];
  if (sockets < hosts.flat().length) {
    const text =
      "sockets of this machine and hosts of the network do not go together; keep one kind";
    return [{ path, text }];
  }
  const text = "a socket of this machine has no TLS and no address; leave this out";
  const useless = ["tls", "implicit-tls", "authorities", "source"].filter(
    (key) => key in written && !(key === "tls" && written.tls === "off"),
  );
  return useless.map((key) => ({ path: [...path, key], text }));
}

/** RFC 2033 §5. */
function aboutLmtp(written: Written, hosts: ReadHosts, path: KeyPath): readonly Contradiction[] {
  if (protocolOf(written, hosts) !== "lmtp") return [];
  if (!hosts.flat().some((host) => "port" in host && host.port === 25)) return [];
  const text =
    "port 25 is for SMTP; LMTP must not be spoken there (RFC 2033 §5), mostly it is on port 24";
  return [{ path, text }];
}

/** Addresses of a family that no connection could leave from. */
function aboutSource(
  { source }: Written,
  hosts: ReadHosts,
  path: KeyPath,
): readonly Contradiction[] {
  if (source === undefined) return [];
  return hosts.flat().flatMap((host) => {
    const version = "host" in host ? parseIp(host.host)?.version : undefined;
    if (version === undefined || source[version === 4 ? "ipv4" : "ipv6"] !== undefined) return [];
    const text = `no connection leaves from here to an IPv${version} address; add one of that kind, or leave the key out`;
    return [{ path: [...path, "source"], text }];
  });
}

/** A password for whoever listens is one that is lost. */
function aboutLogin({ tls, login }: Written, hosts: ReadHosts, path: KeyPath) {
  const mayBeClear = tls === "off" || tls === "opportunistic";
  const isHere = hosts.flat().every((host) => "socket" in host || isThisHost(host.host));
  if (login === undefined || !mayBeClear || isHere) return [];
  const secret = login.oauth2 === undefined ? "password" : "token";
  const text = `with \`tls: ${tls}\` the ${secret} could go in the clear; write \`tls: verified\`, or \`tls: required\``;
  return [{ path: [...path, "tls"], text }];
}
