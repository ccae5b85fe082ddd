// Questions about what is published, each asked anew: whoever asks wants to know how it stands now.

import { Resolver as NodeResolver } from "node:dns/promises";
import type { Endpoint } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { reverseName } from "../../core/mail/reverse-name.ts";
import type { Looked, MxFound } from "../../core/dns-records/published.ts";
import type { ServiceData, TlsaData } from "../../core/dns-records/record.ts";
import { bad, good } from "../../core/result.ts";
import { readLookupError } from "./problem.ts";
import { createSemaphore } from "../process/semaphore.ts";

type Answer<Found> = Promise<Looked<Found>>;

/** None of them rejects. Names are in lower case, without a dot at the end. */
export interface PublishedLookups {
  /** The character strings of each record, joined. */
  texts(name: Domain): Answer<string>;
  mx(name: Domain): Answer<MxFound>;
  addresses(name: Domain): Answer<string>;
  names(client: IpAddress): Answer<Domain>;
  services(name: string): Answer<ServiceData>;
  tlsa(name: string): Answer<TlsaData>;
  close(): void;
}

/** Questions at once. */
const concurrency = 20;

/** @param servers recursive servers, addressed by IP; where there is none, the system's. */
export function openPublishedLookups(servers: readonly Endpoint[]): PublishedLookups {
  const dns = new NodeResolver({ timeout: 3_000, tries: 2, maxTimeout: 5_000 });
  if (servers.length > 0) dns.setServers(servers.map(formatEndpoint));
  const places = createSemaphore(concurrency);

  async function ask<Raw, Found>(
    question: () => Promise<readonly Raw[]>,
    read: (raw: Raw) => Found,
  ): Answer<Found> {
    try {
      return good((await places.run(question)).map(read));
    } catch (error) {
      const problem = readLookupError(error);
      return problem.kind === "unknown" ? bad(problem.why) : good([]);
    }
  }

  return {
    texts: (name) =>
      ask(
        () => dns.resolveTxt(name),
        (strings) => strings.join(""),
      ),
    mx: (name) =>
      ask(
        () => dns.resolveMx(name),
        ({ priority, exchange }) => ({ preference: priority, host: plain(exchange) }),
      ),
    async addresses(name) {
      const [four, six] = await Promise.all([
        ask(() => dns.resolve4(name), canonical),
        ask(() => dns.resolve6(name), canonical),
      ]);
      if (!four.ok) return four;
      return six.ok ? good([...four.value, ...six.value]) : six;
    },
    names: (client) => ask(() => dns.resolvePtr(reverseName(client)), plain),
    services: (name) =>
      ask(
        () => dns.resolveSrv(name),
        ({ priority, weight, port, name: target }) => ({
          priority,
          weight,
          port,
          target: plain(target) || ".",
        }),
      ),
    tlsa: (name) =>
      ask(
        () => dns.resolveTlsa(name),
        ({ certUsage, selector, match, data }) => ({
          usage: certUsage,
          selector,
          matching: match,
          data: Buffer.from(data).toString("hex"),
        }),
      ),
    close: () => dns.cancel(),
  };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(ip);
}
