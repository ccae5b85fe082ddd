// How many connections there may be at once, in all and from one client, and how fast new ones may
// come. Pure counting.

import type { LimitSettings } from "../../core/config/settings.ts";
import { isSameRate, type Rate } from "../../core/limits/bucket.ts";
import { clientKey } from "../../core/limits/subject.ts";
import { createLimitTable, type LimitTable } from "../../core/limits/table.ts";
import type { IpAddress } from "../../core/mail/ip.ts";

/** Which limit a new connection would pass. */
export type Refusal = "too-many-connections" | "too-many-from-client" | "too-fast-from-client";

export interface ConnectionLimits {
  /** Counts a connection in, or says why it may not come in. */
  admit(client: IpAddress): Refusal | undefined;
  /** Counts an admitted connection out. */
  release(client: IpAddress): void;
}

export interface ConnectionLimitOptions {
  /** Asked for with every connection, so that new ones hold at once. */
  readonly limits: () => Pick<
    LimitSettings,
    "connections" | "connectionsPerClient" | "connectionRate"
  >;
  /** Whether a client may connect as fast as it likes. */
  readonly isTrusted: (client: IpAddress) => boolean;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** Clients whose new connections are remembered; each costs about 200 octets. */
const rememberedClients = 50_000;

/** Limits for all listeners together. A connection that is refused does not count. */
export function createConnectionLimits(options: ConnectionLimitOptions): ConnectionLimits {
  const perClient = new Map<string, number>();
  let all = 0;
  let recent: LimitTable | undefined;

  /** What has been counted goes on for as long as the rate stays the same. */
  function tableFor(rate: Rate | undefined): LimitTable | undefined {
    if (rate === undefined) recent = undefined;
    else if (!isSameRate(recent?.rate, rate)) recent = createLimitTable(rate, rememberedClients);
    return recent;
  }

  /** Whether the client comes too fast; if not, its connection is counted. */
  function isTooFast(client: IpAddress, key: string): boolean {
    const table = tableFor(options.limits().connectionRate);
    if (table === undefined || options.isTrusted(client)) return false;
    const now = options.elapsed();
    if (!table.hasRoom(key, now)) return true;
    table.take(key, now);
    return false;
  }

  return {
    admit(client) {
      const { connections, connectionsPerClient } = options.limits();
      if (all >= connections) return "too-many-connections";
      const key = clientKey(client);
      const before = perClient.get(key) ?? 0;
      if (before >= connectionsPerClient) return "too-many-from-client";
      if (isTooFast(client, key)) return "too-fast-from-client";
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
