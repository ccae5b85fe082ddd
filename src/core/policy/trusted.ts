// Clients whom `relay.networks` names.

import type { IpAddress } from "../mail/ip.ts";
import { type PrefixMap, prefixMap } from "../mail/prefix-map.ts";
import type { TrustedNetwork } from "./request.ts";

/** The networks as a list, and to look a client up in. */
export class TrustedNetworks {
  readonly list: readonly TrustedNetwork[];
  readonly #map: PrefixMap<TrustedNetwork>;

  constructor(list: readonly TrustedNetwork[]) {
    this.list = list;
    this.#map = prefixMap(list.map((value) => ({ prefix: value.prefix, value })));
  }

  /** The narrowest network that the client belongs to; of equal ones the first that is listed. */
  find(client: IpAddress): TrustedNetwork | undefined {
    return this.#map.find(client);
  }
}
