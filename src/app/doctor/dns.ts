// Questions of the checks to the DNS, given up with their check.

import type { Endpoint } from "../../core/config/settings.ts";
import { bad, type Result } from "../../core/result.ts";
import { openPublishedLookups, type PublishedLookups } from "../../io/dns/published-lookups.ts";

/** Milliseconds for all that a check asks of the DNS. */
const limit = 5_000;

/** The problem is that the DNS has not answered by then; what the answers say is in the value. */
export async function withLookups<Value>(
  servers: readonly Endpoint[],
  signal: AbortSignal,
  ask: (lookups: PublishedLookups) => Promise<Result<Value, string>>,
): Promise<Result<Value, string>> {
  const lookups = openPublishedLookups(servers);
  const late = Promise.withResolvers<Result<Value, string>>();
  const giveUp = () => late.resolve(bad("no DNS server answered in time"));
  const timer = setTimeout(giveUp, limit);
  signal.addEventListener("abort", giveUp);
  try {
    return await Promise.race([ask(lookups), late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
    lookups.close();
  }
}
