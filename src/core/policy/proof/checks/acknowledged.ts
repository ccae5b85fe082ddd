// An acknowledgement that acknowledges nothing is an oversight: it would hold for what comes later.

import { formatIp, formatPrefix, type Prefix } from "../../../mail/ip.ts";
import { addressBits } from "../../../mail/ip-number.ts";
import { isTooWide } from "../lines.ts";
import type { Surroundings } from "../policy.ts";
import { nowhere, prefixesOf } from "../space.ts";
import type { Check } from "./check.ts";

export const findIdleAcknowledgements: Check = ({ policy, surroundings, lines, admitted }) => {
  if (policy.acknowledged.length === 0) return [];
  const needed = new Set(
    [...lines.flatMap(({ prefixes }) => prefixes), ...prefixesOf(admitted)]
      .filter(isTooWide)
      .map(formatPrefix),
  );
  return policy.acknowledged
    .filter(({ prefix }) => !needed.has(formatPrefix(prefix)) && !isGateway(prefix, surroundings))
    .map(({ prefix, place }) => ({
      severity: "warning" as const,
      kind: "acknowledges-nothing" as const,
      place,
      space: nowhere,
      text: `relay.acknowledge: nothing here needs ${formatPrefix(prefix)} acknowledged; take it out`,
    }));
};

function isGateway({ address, length }: Prefix, { gateways }: Surroundings): boolean {
  if (length !== addressBits[address.version]) return false;
  const written = formatIp(address);
  return gateways.some((gateway) => formatIp(gateway.address) === written);
}
