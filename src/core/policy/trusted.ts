// Clients whom `relay.networks` names.

import { type IpAddress, prefixContains } from "../mail/ip.ts";
import type { TrustedNetwork } from "./request.ts";

/** The network that the client belongs to, the first that is listed. */
export function findNetwork(
  networks: readonly TrustedNetwork[],
  client: IpAddress,
): TrustedNetwork | undefined {
  return networks.find(({ prefix }) => prefixContains(prefix, client));
}
