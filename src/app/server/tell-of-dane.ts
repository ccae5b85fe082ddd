// Whether DANE holds for what we send: it is on by itself where the resolvers are on this host, and an
// operator should not have to guess.

import type { RouteSettings } from "../../core/config/transport-settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { everyDomain, takesAllOf } from "../../core/routes/route-keys.ts";
import { systemServers } from "../../io/dns/validated/trust.ts";
import type { Log } from "../../server/log.ts";
import type { Policy } from "./policy.ts";

export function tellOfDane(
  { settings, validated }: Pick<Policy, "settings" | "validated">,
  log: Pick<Log, "info">,
): void {
  const { dns, mxTransport, routes } = settings;
  if (mxTransport.dane === "off" || !looksUp(routes)) return;
  if (validated !== undefined) {
    return log.info({ event: "dane", on: true }, "DANE holds for mail to hosts that the DNS names");
  }
  const servers = dns.servers.length > 0 ? dns.servers : systemServers();
  const why =
    dns.dnssec === "off"
      ? "dns.dnssec is off"
      : `a resolver is not on this host (${servers.map(formatEndpoint).join(", ")}); see dns.dnssec`;
  log.info({ event: "dane", on: false }, `DANE does not hold: ${why}`);
}

/** Whether any mail goes to hosts that the DNS names. */
function looksUp(routes: readonly RouteSettings[]): boolean {
  if (routes.some(({ via }) => via === "mx")) return true;
  return !routes.some((route) => takesAllOf(route, { to: everyDomain }));
}
