import { judgeHostName } from "../../../core/doctor/host-name.ts";
import type { Check } from "../check.ts";
import { withLookups } from "../dns.ts";

export const hostName: Check = {
  topic: "host-name",
  async run({ settings, addresses, sendsDirectly }, signal) {
    const { hostname, dns } = settings;
    const found = await withLookups(dns.servers, signal, (lookups) => lookups.addresses(hostname));
    const own = addresses.map(({ address }) => address);
    const isLookedUp =
      sendsDirectly || settings.domains.some(({ deliver }) => deliver.to !== "none");
    return judgeHostName({ hostname, addresses: found, own, isLookedUp });
  },
};
