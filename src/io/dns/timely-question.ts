// One question to the DNS for which somebody waits: it is asked twice rather than answered late.

import { Resolver as NodeResolver } from "node:dns/promises";
import type { Endpoint } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { type LookupProblem, readLookupError } from "./problem.ts";

export interface TimelyOptions {
  /** Recursive servers, addressed by IP; where there is none, the system's. */
  readonly servers: readonly Endpoint[];
  /** Milliseconds until the question is given up. */
  readonly timeout: number;
  /** Where the question stands while it is asked: each entry gives one up at once. */
  readonly inFlight: Set<() => void>;
}

/** Takes the answer that comes first. Never rejects, and never later than `timeout`: what went wrong is
 * in the result.
 *
 * Each try is a resolver of its own. One that is kept would use one port for all questions, expect
 * the next answer as fast as the last ones were, and drop what comes after it has asked again. */
export async function askTimely<Answer>(
  { servers, timeout, inFlight }: TimelyOptions,
  question: (dns: NodeResolver) => Promise<Answer>,
): Promise<Result<Answer, LookupProblem>> {
  const tries: NodeResolver[] = [];
  const first = Promise.withResolvers<Result<Answer, LookupProblem>>();

  function attempt(): void {
    const dns = new NodeResolver({ timeout: Math.ceil(timeout), tries: 1 });
    if (servers.length > 0) dns.setServers(servers.map(formatEndpoint));
    // A server that is down must not cost both tries.
    if (tries.length > 0) dns.setServers(rotated(dns.getServers()));
    tries.push(dns);
    question(dns)
      .then(good, (error) => bad(readLookupError(error)))
      .then(first.resolve, first.reject);
  }

  const limit = setTimeout(() => first.resolve(bad(late)), timeout);
  const again = setTimeout(attempt, timeout / 3);
  const giveUp = () => tries.forEach((dns) => dns.cancel());
  inFlight.add(giveUp);
  attempt();
  try {
    return await first.promise;
  } finally {
    clearTimeout(limit);
    clearTimeout(again);
    inFlight.delete(giveUp);
    giveUp();
  }
}

function rotated(servers: readonly string[]): readonly string[] {
  return [...servers.slice(1), ...servers.slice(0, 1)];
}

const late: LookupProblem = { kind: "unknown", why: "no DNS server answered in time" };
