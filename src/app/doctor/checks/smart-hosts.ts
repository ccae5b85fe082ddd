// The hosts that mail is handed to, by the routes.

import type { SecureContext } from "node:tls";
import type { Endpoint } from "../../../core/config/settings.ts";
import type { NextHost, TransportSettings } from "../../../core/config/transport-settings.ts";
import { formatEndpoint } from "../../../core/config/values/endpoint.ts";
import type { Finding } from "../../../core/doctor/finding.ts";
import { judgeSmartHost, type SmartHostFact } from "../../../core/doctor/smart-host.ts";
import { locateHost } from "../../../io/dns/locate-host.ts";
import { createResolver } from "../../../io/dns/resolver.ts";
import { askOffer } from "../../../io/doctor/smtp-offer.ts";
import { DialogError } from "../../../io/relay-test/dialog.ts";
import { readAuthorities, systemAuthorities } from "../../../io/tls/client/authorities.ts";
import type { Check } from "../check.ts";
import type { Look } from "../look.ts";

/** Milliseconds. */
const dnsTime = 1_500;
const timeLimit = 3_000;
/** Hosts that are asked. */
const mostHosts = 10;

export const smartHosts: Check = {
  topic: "smart-host",
  async run(look, signal) {
    const ways = waysOf(look).slice(0, mostHosts);
    const found = await Promise.all(
      ways.map(async ({ host, transport }): Promise<readonly Finding[]> => {
        const offer = await offerOf(host, transport, look, signal);
        return judgeSmartHost({ host: formatEndpoint(host), transport, offer });
      }),
    );
    return found.flat();
  },
};

interface Way {
  readonly host: Endpoint;
  readonly transport: TransportSettings;
}

/** Each host once; sockets of this machine, and hosts of LMTP, are another matter. */
function waysOf({ settings: { routes } }: Look): readonly Way[] {
  const all = routes.flatMap((route) => {
    if (route.via === "mx" || route.transport.protocol === "lmtp") return [];
    const { transport } = route;
    return route.via
      .flat()
      .filter(isEndpoint)
      .map((host) => ({ host, transport }));
  });
  const once = new Map(all.map((way) => [JSON.stringify([way.host, way.transport]), way]));
  return [...once.values()];
}

function isEndpoint(host: NextHost): host is Endpoint {
  return "host" in host;
}

async function offerOf(
  host: Endpoint,
  transport: TransportSettings,
  { settings, clock }: Look,
  signal: AbortSignal,
): Promise<SmartHostFact["offer"]> {
  const { servers } = settings.dns;
  const now = clock.elapsed;
  const resolver = createResolver({ servers, now, timeout: dnsTime, tries: 1, concurrency: 20 });
  signal.addEventListener("abort", () => resolver.close());
  const found = await locateHost(host.host, resolver, servers.length === 0);
  if (found.kind === "unknown") return { unreached: `it cannot be found: ${found.why}` };
  if (found.kind !== "addresses") return { unreached: "there is no such host in the DNS" };
  const authorities = await authoritiesOf(transport);
  if (typeof authorities === "string") return { unreached: authorities };
  const { hostname } = settings;
  const { implicitTls, tls } = transport;
  let said = "it has no address";
  // The first two are of both families, where the host has both.
  for (const address of found.addresses.slice(0, 2)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the second is for when the first fails
      return await askOffer({
        host,
        address,
        hostname,
        implicitTls,
        authorities,
        timeLimit,
        signal,
        clock,
        wantsTls: tls !== "off",
      });
    } catch (error) {
      if (!(error instanceof DialogError)) throw error;
      said = error.message;
    }
  }
  return { unreached: said };
}

/** Or why there are none. */
async function authoritiesOf({ authorities }: TransportSettings): Promise<SecureContext | string> {
  if (authorities === undefined) return systemAuthorities(process.env);
  const read = await readAuthorities(authorities);
  return read.ok ? read.value : read.problem;
}
