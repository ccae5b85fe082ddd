// The blocklists through the life of a server: a reload that does not touch them keeps what they know.

import { isDeepStrictEqual } from "node:util";
import type { Settings } from "../../core/config/settings.ts";
import type { Clock } from "../../io/process/clock.ts";
import { type Blocklists, createBlocklists } from "../../server/blocklists/blocklists.ts";
import type { Log } from "../../server/log.ts";

export interface BlocklistsKeeper {
  readonly current: Blocklists | undefined;
  /** Puts those of a new configuration in place. Sessions keep the ones that they began with. */
  renew(settings: Settings): void;
  close(): void;
}

export function keepBlocklists(settings: Settings, clock: Clock, log: Log): BlocklistsKeeper {
  let given = settings;
  let current = startBlocklists(settings, clock, log);
  return {
    get current() {
      return current;
    },
    renew(next) {
      const isSame =
        isDeepStrictEqual(given.blocklists, next.blocklists) &&
        isDeepStrictEqual(given.dns, next.dns);
      given = next;
      if (isSame) return;
      current?.retire();
      current = startBlocklists(next, clock, log);
    },
    close: () => current?.close(),
  };
}

/** Undefined where the configuration names no list. */
export function startBlocklists(
  { blocklists, dns }: Settings,
  clock: Clock,
  log: Log,
): Blocklists | undefined {
  if (blocklists.lists.length === 0) return undefined;
  return createBlocklists({ settings: blocklists, servers: dns.servers, clock, log });
}
