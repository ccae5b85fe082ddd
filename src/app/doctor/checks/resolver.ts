import { judgeResolver } from "../../../core/doctor/resolver.ts";
import { systemServers, trustedServers } from "../../../io/dns/validated/trust.ts";
import { askResolvers } from "../../../io/doctor/ask-resolvers.ts";
import type { Check } from "../check.ts";

/** Milliseconds for each of UDP and TCP. */
const timeout = 3_000;

export const resolver: Check = {
  topic: "resolver",
  async run({ settings: { dns }, clock }, signal) {
    const servers = dns.servers.length > 0 ? dns.servers : systemServers();
    const { elapsed } = clock;
    return judgeResolver({
      servers: await askResolvers({ servers, timeout, elapsed, signal }),
      isTrusted: trustedServers(dns).length > 0,
    });
  },
};
