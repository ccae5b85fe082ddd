// What the records of a domain of ours follow from: the configuration, the store, this machine.

import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Deliver, ListenerSettings, Settings } from "../../core/config/settings.ts";
import type { DomainFacts, PublishedKeys, Service } from "../../core/dns-records/facts.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { type IpAddress, isLoopback, parseIp } from "../../core/mail/ip.ts";
import { isPrivate } from "../../core/policy/proof/special-space.ts";
import { everyDomain, isFor } from "../../core/routes/route-keys.ts";
import type { PublishedLookups } from "../../io/dns/published-lookups.ts";
import { dayOf } from "../../io/process/day.ts";
import { type DkimKeyReport, OperationError, type Operations } from "../admin/operations.ts";

export interface FactsOptions {
  readonly domain: Domain;
  readonly settings: Settings;
  readonly operations: Pick<Operations, "domainList" | "dkimList">;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Without the addresses at which we are seen.
 * @throws {OperationError} where the domain is not ours */
export async function gatherFacts(options: FactsOptions): Promise<Omit<DomainFacts, "addresses">> {
  const { domain, settings, operations, now } = options;
  const deliver = await deliverOf(domain, operations);
  const keys = await operations.dkimList(domain);
  // Accounts that only send have nothing to be read.
  const services = settings.listeners.flatMap(serviceOf);
  const offered = services.filter(
    ({ name }) => deliver !== "none" || name.startsWith("submission"),
  );
  return {
    domain,
    hostname: settings.hostname,
    deliver,
    smartHost: smartHostOf(domain, settings),
    keys: keys.flatMap((key) => publishedKeys(key, now)),
    services: offered,
    certificate: await certificateDigest(settings),
    today: dayOf(now),
  };
}

/** Through which host mail of the domain goes to all others; undefined where it goes to their MX. */
function smartHostOf(domain: Domain, { routes }: Settings): string | undefined {
  const mail = { domain: "elsewhere.invalid", sender: { local: "postmaster", domain } };
  const route = routes.find((one) => one.to === everyDomain && isFor(one, mail));
  if (route === undefined || route.via === "mx") return undefined;
  const [first] = route.via.flat();
  return first !== undefined && "host" in first ? first.host : undefined;
}

async function deliverOf(
  domain: Domain,
  operations: Pick<Operations, "domainList">,
): Promise<Deliver["to"]> {
  const found = (await operations.domainList()).find(({ name }) => name === domain);
  if (found === undefined) {
    throw new OperationError(
      `${domain} is not one of our domains; add it first: bailiwick domain add ${domain}`,
    );
  }
  if (found.deliver === "mailboxes") return "mailboxes";
  return found.deliver === "nowhere" ? "none" : "relay";
}

function publishedKeys(key: DkimKeyReport, now: number): readonly PublishedKeys[] {
  const { name, state, publicKeys, publishedUntil } = key;
  if (publicKeys === null) return [];
  const isOver = publishedUntil !== null && publishedUntil <= now;
  return [{ name, state, publicKeys, isOver }];
}

/** Those that others can reach. */
function serviceOf({ role, tls, listen }: ListenerSettings): readonly Service[] {
  if (role === "mx" || role === "admin") return [];
  const open = listen.find(({ host, port }) => {
    const ip = parseIp(host);
    return port !== 0 && (ip === undefined || !isLoopback(ip));
  });
  if (open === undefined) return [];
  const name = tls === "implicit" ? (`${role}s` as const) : role;
  return [{ name, port: open.port }];
}

/** Of the certificate that a server shows which is asked for our name; undefined where it cannot be
 * read, or none was made yet. */
async function certificateDigest({ tls, data, hostname }: Settings): Promise<string | undefined> {
  const own = join(data, "tls", "self-signed.pem");
  const paths = tls.certificates.map(({ certificate }) => certificate);
  const read = await Promise.all((paths.length > 0 ? paths : [own]).map(readCertificate));
  const certificates = read.filter((certificate) => certificate !== undefined);
  const shown = certificates.find((each) => each.checkHost(hostname)) ?? certificates[0];
  const key = shown?.publicKey.export({ type: "spki", format: "der" });
  return key && createHash("sha256").update(key).digest("hex");
}

async function readCertificate(path: string): Promise<X509Certificate | undefined> {
  try {
    return new X509Certificate(await readFile(path));
  } catch {
    // Whether it can be used is `check`'s to say.
    return undefined;
  }
}

/** From which mail goes out. Behind a gateway, the DNS alone knows under which addresses we are seen. */
export async function ownAddresses(
  hostname: Domain,
  questions: Pick<PublishedLookups, "addresses">,
): Promise<readonly IpAddress[]> {
  const known = publicAddresses();
  if (known.length > 0) return known;
  const found = await questions.addresses(hostname);
  return found.ok ? found.value.flatMap((text) => parseIp(text) ?? []) : [];
}

/** This machine's addresses that others can reach. */
export function publicAddresses(): readonly IpAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .flatMap(({ address }) => parseIp(address) ?? [])
    .filter((address) => !isPrivate({ address, length: address.octets.length * 8 }));
}
