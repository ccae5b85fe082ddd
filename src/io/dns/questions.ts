// Questions about what is published, each asked anew: whoever asks wants to know how it stands now.

import { Resolver as NodeResolver } from "node:dns/promises";
import type { Endpoint } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { reverseName } from "../../core/mail/reverse-name.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { readLookupError } from "./problem.ts";
import { createSemaphore } from "./semaphore.ts";

/** What stands under a name; empty where there is nothing. The problem says why nobody knows. */
export type Answer<Found> = Promise<Result<readonly Found[], string>>;

/** None of them rejects. Names are in lower case, without a dot at the end. */
export interface Questions {
  /** The character strings of each record, joined. */
  texts(name: Domain): Answer<string>;
  mx(name: Domain): Answer<{ readonly preference: number; readonly host: Domain }>;
  addresses(name: Domain): Answer<string>;
  names(client: IpAddress): Answer<Domain>;
  services(name: string): Answer<ServiceFound>;
  tlsa(name: string): Answer<TlsaFound>;
  /** As `dns.resolve` of Node, for libraries; rejects as that does. */
  readonly raw: (name: string, type: string) => Promise<unknown>;
  close(): void;
}

export interface ServiceFound {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** `.`: there is no such service. */
  readonly target: string;
}

export interface TlsaFound {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  /** In hex. */
  readonly data: string;
}

/** Questions at once. */
const concurrency = 20;

/** @param servers recursive servers, addressed by IP; where there is none, the system's. */
export function createQuestions(servers: readonly Endpoint[]): Questions {
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
    raw: (name, type) => places.run(() => dns.resolve(name, type)),
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
