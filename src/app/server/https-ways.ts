// How this server asks others by HTTPS.

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
