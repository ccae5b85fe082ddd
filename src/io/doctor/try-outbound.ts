// Whether mail could leave from here: a mail host of some well-known domain is greeted, and left.

import type { Domain } from "../../core/mail/domain.ts";
import type { OutboundFacts } from "../../core/doctor/outbound.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { findDestination } from "../dns/destination.ts";
import type { Resolver } from "../dns/resolver.ts";
import { connect } from "../net/connect.ts";
import { Dialog, DialogError } from "../relay-test/dialog.ts";

export interface OutboundOptions {
  readonly domain: Domain;
  readonly resolver: Pick<Resolver, "mx" | "addresses">;
  readonly port: number;
  /** Milliseconds for the connection, and for the greeting. */
  readonly timeLimit: number;
  readonly signal: AbortSignal;
}

/** Never rejects. */
export async function tryOutbound(options: OutboundOptions): Promise<OutboundFacts["found"]> {
  const { domain, resolver } = options;
  const route = await findDestination(resolver, domain, {
    ownNames: new Set(),
    random: () => 0,
    ownAddresses: new Set(),
  });
  if (route.kind === "no-route") return { kind: "unknown", why: route.why };
  const [host] = route.hosts;
  if (host === undefined || host.addresses.length === 0) {
    return { kind: "unknown", why: `${domain} has no mail host with an address` };
  }
  let said = "";
  // The first two are of both families, where the host has both: a machine may have one alone.
  for (const address of host.addresses.slice(0, 2)) {
    // oxlint-disable-next-line no-await-in-loop -- the second is for when the first fails
    const greeting = await greet(address, options);
    if (greeting.ok) return { kind: "greeted", host: host.name, greeting: greeting.value };
    said = said === "" ? greeting.problem : `${said}; ${greeting.problem}`;
  }
  return { kind: "not-reached", said };
}

async function greet(
  address: string,
  { port, timeLimit, signal }: OutboundOptions,
): Promise<Result<string, string>> {
  const made = await connect({ endpoint: { host: address, port }, timeout: timeLimit, signal });
  if (!made.ok) return bad(made.problem.said);
  const dialog = new Dialog(made.value, timeLimit);
  try {
    const { code, lines } = await dialog.reply();
    return good(`${code} ${lines[0] ?? ""}`.trimEnd());
  } catch (error) {
    if (!(error instanceof DialogError)) throw error;
    return bad(`${address}: ${error.message}`);
  } finally {
    dialog.close();
  }
}
