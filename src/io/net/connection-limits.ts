// How many connections there may be at once, in all and from one client. Pure counting.

import type { LimitSettings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";

/** Which limit a new connection would pass. */
export type Refusal = "too-many-connections" | "too-many-from-client";

export interface ConnectionLimits {
  /** Counts a connection in, or says why it may not come in. */
  admit(client: IpAddress): Refusal | undefined;
  /** Counts an admitted connection out. */
  release(client: IpAddress): void;
}

type Limits = Pick<LimitSettings, "connections" | "connectionsPerClient">;

/** Limits for all listeners together. They are asked for with every connection, so that new ones
 * hold at once. */
export function createConnectionLimits(limits: () => Limits): ConnectionLimits {
  const perClient = new Map<string, number>();
  let all = 0;
  return {
    admit(client) {
      const { connections, connectionsPerClient } = limits();
      if (all >= connections) return "too-many-connections";
      const key = clientKey(client);
      const before = perClient.get(key) ?? 0;
      if (before >= connectionsPerClient) return "too-many-from-client";
      all++;
      perClient.set(key, before + 1);
      return undefined;
    },
    release(client) {
      const key = clientKey(client);
      const before = perClient.get(key);
      if (before === undefined) throw new Error("a connection was released that was not admitted");
      all--;
      if (before === 1) perClient.delete(key);
      else perClient.set(key, before - 1);
    },
  };
}

/** One client is one IPv4 address or one IPv6 /64: whoever has an IPv6 network has at least that
 * many addresses (RFC 6177 §2). */
function clientKey({ version, octets }: IpAddress): string {
  return (version === 4 ? octets : octets.slice(0, 8)).join(".");
}
