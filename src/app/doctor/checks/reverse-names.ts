// The names of the addresses that others see us at.

import {
  judgeReverseNames,
  type NameAndBack,
  type ReverseName,
} from "../../../core/doctor/reverse-names.ts";
import { isPublic } from "../../../core/doctor/public-address.ts";
import { formatIp, type IpAddress, parseIp } from "../../../core/mail/ip.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import type { PublishedLookups } from "../../../io/dns/published-lookups.ts";
import type { Check } from "../check.ts";
import { withLookups } from "../dns.ts";
import { type Look, publicOnes } from "../look.ts";

/** Names of one address that are looked up. */
const mostNames = 5;

export const reverseNames: Check = {
  topic: "reverse-names",
  async run(look, signal) {
    const { settings, sendsDirectly } = look;
    const addresses = await seenAt(look, signal);
    const reverse = await Promise.all(
      addresses.map(async (address): Promise<ReverseName> => {
        const names = await withLookups(settings.dns.servers, signal, (lookups) =>
          namesOf(address, lookups),
        );
        return { address: formatIp(address), names };
      }),
    );
    return judgeReverseNames({ hostname: settings.hostname, reverse, sendsDirectly });
  },
};

/** Behind a gateway (NAT), the DNS alone knows at which. */
export async function seenAt(look: Look, signal: AbortSignal): Promise<readonly IpAddress[]> {
  const own = publicOnes(look);
  if (own.length > 0) return own;
  const { dns, hostname } = look.settings;
  const found = await withLookups(dns.servers, signal, (lookups) => lookups.addresses(hostname));
  return found.ok ? found.value.flatMap((text) => parseIp(text) ?? []).filter(isPublic) : [];
}

async function namesOf(
  address: IpAddress,
  lookups: PublishedLookups,
): Promise<Result<readonly NameAndBack[], string>> {
  const names = await lookups.names(address);
  if (!names.ok) return names;
  const found: NameAndBack[] = [];
  for (const name of names.value.slice(0, mostNames)) {
    // oxlint-disable-next-line no-await-in-loop -- there is mostly one
    const back = await lookups.addresses(name);
    if (!back.ok) return bad(back.problem);
    found.push({ name, addresses: back.value });
  }
  return good(found);
}
