// The addresses of a host that the configuration names: a smart host, or the primary of a domain
// that we relay for. No MX look-up: the operator named the host itself.

import { errorText } from "../../core/error-text.ts";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { AddressAnswer } from "../../core/delivery/addresses.ts";
import type { Resolver } from "./resolver.ts";

/** Asks the configured DNS servers; where none are configured, the system, so that /etc/hosts and
 * `localhost` mean what they mean to other programs. Never rejects. */
export async function locateHost(
  host: string,
  resolver: Resolver,
  useSystem: boolean,
): Promise<AddressAnswer> {
  if (isIP(host) !== 0) return { kind: "addresses", addresses: [host] };
  if (!useSystem) return resolver.addresses(host);
  try {
    const found = await lookup(host, { all: true });
    return { kind: "addresses", addresses: found.map(({ address }) => address) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOTFOUND") return { kind: "no-such-host" };
    return { kind: "unknown", why: errorText(error) };
  }
}
