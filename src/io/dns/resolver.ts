// The questions that we ask the DNS: MX and TXT records, addresses of a host, a client's name.
// Bounded in time, tries, questions at once and remembered answers.

import { Resolver as NodeResolver } from "node:dns/promises";
import type { Endpoint } from "../../core/config/settings.ts";
import type { AddressAnswer } from "../../core/delivery/addresses.ts";
import type { MxAnswer } from "../../core/delivery/mx.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { readAddresses, readMx, readTxt, type TxtAnswer } from "./answers.ts";
import { createAsk, type QuestionCounts } from "./ask.ts";
import { createAnswerCache } from "./cache.ts";
import { createSemaphore } from "../process/semaphore.ts";
import { findVerifiedName, type NameAnswer } from "./verified-name.ts";

export interface Resolver {
  /** MX records of a domain. Never rejects: what went wrong is in the answer. */
  mx(domain: Domain): Promise<MxAnswer>;
  /** A and AAAA records of a host. Never rejects. */
  addresses(host: Domain): Promise<AddressAnswer>;
  /** TXT records of a name, each joined from its strings (RFC 7208 §3.3). Never rejects. */
  txt(name: Domain): Promise<TxtAnswer>;
  /** The name of a client: its address resolves to it, and it to the address (RFC 1912 §2.1). Never
   * rejects. */
  verifiedName(client: IpAddress): Promise<NameAnswer>;
  /** Gives up the questions in flight: their answers are `unknown`. */
  close(): void;
}

export interface ResolverOptions {
  /** Recursive servers, addressed by IP; where there is none, the system's. */
  readonly servers: readonly Endpoint[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds that the first try may take; a later one may take up to twice as long. */
  readonly timeout: number;
  /** Tries for each server, at least 1. */
  readonly tries: number;
  /** Questions at once. */
  readonly concurrency: number;
  /** Where questions are counted. */
  readonly counts?: QuestionCounts;
}

/** Answers of each kind that are remembered at once. */
const capacity = 10_000;

/** A resolver that asks `servers`. It holds no socket open between questions. */
export function createResolver(options: ResolverOptions): Resolver {
  const { servers, now, timeout, tries, concurrency } = options;
  const ask = createAsk(createSemaphore(concurrency), options.counts);
  const dns = new NodeResolver({ timeout, tries, maxTimeout: 2 * timeout });
  if (servers.length > 0) dns.setServers(servers.map(formatEndpoint));
  const hosts = createAnswerCache<MxAnswer>({ now, capacity });
  const addresses = createAnswerCache<AddressAnswer>({ now, capacity });
  const texts = createAnswerCache<TxtAnswer>({ now, capacity });
  const names = createAnswerCache<NameAnswer>({ now, capacity });

  return {
    mx: (domain) => hosts.get(domain, async () => readMx(await ask(() => dns.resolveMx(domain)))),
    addresses: (host) =>
      addresses.get(host, async () => {
        const [ipv6, ipv4] = await Promise.all([
          ask(() => dns.resolve6(host, { ttl: true })),
          ask(() => dns.resolve4(host, { ttl: true })),
        ]);
        return readAddresses(ipv6, ipv4);
      }),
    txt: (name) => texts.get(name, async () => readTxt(await ask(() => dns.resolveTxt(name)))),
    verifiedName: (client) =>
      names.get(formatIp(client), () =>
        findVerifiedName(client, {
          names: (reversed) => ask(() => dns.resolvePtr(reversed)),
          addresses: (name) =>
            ask(() => (client.version === 4 ? dns.resolve4(name) : dns.resolve6(name))),
        }),
      ),
    close: () => dns.cancel(),
  };
}
