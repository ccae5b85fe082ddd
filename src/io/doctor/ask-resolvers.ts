// How the DNS servers answer, each by itself.

import type { Endpoint } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import type { ResolverFact } from "../../core/doctor/resolver.ts";
import { exchange } from "../dns/validated/exchange.ts";

export interface AskResolversOptions {
  readonly servers: readonly Endpoint[];
  /** Milliseconds for each. */
  readonly timeout: number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
}

/** The root has no addresses, and says so with a signature: every server knows it or can find it out,
 * and no one else is asked. */
const question = { name: ".", type: "A" } as const;

/** RCODEs of servers that have understood and will not, or cannot (RFC 1035 §4.1.1). */
const refusals: Readonly<Record<number, string>> = {
  2: "could not find out (SERVFAIL)",
  5: "refuses to answer (REFUSED)",
};

/** Never rejects. */
export function askResolvers(options: AskResolversOptions): Promise<readonly ResolverFact[]> {
  return Promise.all(options.servers.map((server) => askOne(server, options)));
}

async function askOne(
  server: Endpoint,
  { timeout, elapsed, signal }: AskResolversOptions,
): Promise<ResolverFact> {
  const begun = elapsed();
  const found = await exchange({ server, question, extended: true, timeout, signal });
  const name = formatEndpoint(server);
  if (!found.ok) return { server: name, answer: { kind: "silent", why: found.problem } };
  const { code, isAuthentic } = found.value;
  const refusal = refusals[code];
  if (refusal !== undefined) {
    const why = `the DNS server ${name} ${refusal}`;
    return { server: name, answer: { kind: "silent", why } };
  }
  const latency = elapsed() - begun;
  return { server: name, answer: { kind: "answers", latency, validates: isAuthentic } };
}
