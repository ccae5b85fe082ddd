import { judgeOutbound } from "../../../core/doctor/outbound.ts";
import { createResolver } from "../../../io/dns/resolver.ts";
import { tryOutbound } from "../../../io/doctor/try-outbound.ts";
import type { Check } from "../check.ts";

/** Milliseconds for each try. */
const dnsTime = 1_500;
const timeLimit = 2_000;

export const outbound: Check = {
  topic: "outbound",
  async run({ settings, clock, outbound: target, sendsDirectly }, signal) {
    if (target === undefined) return [];
    const { domain, port } = target;
    const resolver = createResolver({
      servers: settings.dns.servers,
      now: clock.elapsed,
      timeout: dnsTime,
      tries: 1,
      concurrency: 20,
    });
    signal.addEventListener("abort", () => resolver.close());
    const found = await tryOutbound({ domain, resolver, port, timeLimit, signal });
    return judgeOutbound({ domain, found, sendsDirectly });
  },
};
