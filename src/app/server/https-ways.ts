// How this server asks others by HTTPS.

import { parseIp } from "../../core/mail/ip.ts";
import { contains } from "../../core/policy/proof/space.ts";
import { privateSpace, reservedSpace } from "../../core/policy/proof/special-space.ts";
import type { HttpsWays } from "../../io/https/ask.ts";
import type { Clock } from "../../io/process/clock.ts";
import { systemAuthorities } from "../../io/tls/client/authorities.ts";
import type { Policy } from "./policy.ts";

/** Milliseconds for all of one question; mail may wait for the answer. */
const timeout = 20_000;

export interface HttpsWaysOptions {
  readonly policy: () => Pick<Policy, "resolver">;
  readonly clock: Pick<Clock, "now">;
  /** Gives up what is under way. */
  readonly stopped: AbortSignal;
}

export function createHttpsWays({ policy, clock, stopped }: HttpsWaysOptions): HttpsWays {
  let system: ReturnType<typeof systemAuthorities> | undefined;
  return {
    addresses: (host) => policy().resolver.addresses(host),
    authorities: () => (system ??= systemAuthorities(process.env)),
    now: clock.now,
    timeout,
    stopped,
  };
}

/** Whether an address is none of the Internet's: whoever names us a place to write to must not lead us
 * to hosts that only we can reach. */
export function isInside(address: string): boolean {
  const ip = parseIp(address);
  return ip === undefined || contains(privateSpace, ip) || contains(reservedSpace, ip);
}
