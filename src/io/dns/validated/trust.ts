// Whose word on signatures (DNSSEC) is believed.

import { Resolver } from "node:dns";
import { isIPv6 } from "node:net";
import type { DnsSettings, Endpoint } from "../../../core/config/settings.ts";
import { isLoopback, parseIp } from "../../../core/mail/ip.ts";
import { readEndpoint, dnsEndpoint } from "../../../core/config/values/endpoint.ts";

/** The servers that are believed; none where the settings have it so, or where somebody may stand
 * between one of them and us (RFC 7672 §2.1.1 and §2.2). */
export function trustedServers({ servers, dnssec }: DnsSettings): readonly Endpoint[] {
  if (dnssec === "off") return [];
  const asked = servers.length > 0 ? servers : systemServers();
  return dnssec === "trusted" || asked.every(isOnThisHost) ? asked : [];
}

/** As the file of the system's resolver names them. */
export function systemServers(): readonly Endpoint[] {
  return new Resolver().getServers().map((written) => {
    const read = readEndpoint(isIPv6(written) ? `[${written}]` : written, dnsEndpoint);
    // One with the name of an interface: on this link, and so not on this host.
    return read.ok ? read.value : { host: written, port: 53 };
  });
}

function isOnThisHost({ host }: Endpoint): boolean {
  const ip = parseIp(host);
  return ip !== undefined && isLoopback(ip);
}
