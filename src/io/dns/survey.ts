// Asks the DNS what it says of a domain.

import { checkSpf, type SpfQuestions } from "../../core/authentication/spf/check.ts";
import { keyAlgorithms } from "../../core/dkim/key.ts";
import { keyRecordName } from "../../core/dkim/key-record.ts";
import { type DomainFacts, serviceNames } from "../../core/dns-records/facts.ts";
import { dmarcNames, mtaStsHost } from "../../core/dns-records/items/policies.ts";
import { serviceRecordName, tlsaRecordName } from "../../core/dns-records/items/services.ts";
import { isSpf } from "../../core/dns-records/items/spf.ts";
import type { PublishedRecords, SpfVerdict } from "../../core/dns-records/published.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { good } from "../../core/result.ts";
import type { PublishedLookups } from "./published-lookups.ts";

/** All that the facts' records are compared with. Never rejects. */
export async function surveyDomain(
  facts: DomainFacts,
  questions: PublishedLookups,
): Promise<PublishedRecords> {
  const { domain, hostname, addresses, keys } = facts;
  const keyNames = keys.flatMap(({ name }) =>
    keyAlgorithms.map((algorithm) => keyRecordName(domain, name, algorithm)),
  );
  const textNames = [
    domain,
    hostname,
    ...dmarcNames(domain),
    `_mta-sts.${domain}`,
    `_smtp._tls.${domain}`,
    ...keyNames,
  ];
  const serviceRecords = serviceNames.map((service) => serviceRecordName(service, domain));
  const [mx, texts, services, tlsa, names] = await Promise.all([
    questions.mx(domain),
    askAll(textNames, (name) => questions.texts(name)),
    askAll(serviceRecords, (name) => questions.services(name)),
    askAll([tlsaRecordName(hostname)], (name) => questions.tlsa(name)),
    Promise.all(addresses.map(async (ip) => [formatIp(ip), await questions.names(ip)] as const)),
  ]);
  const hosts = mx.ok ? mx.value.slice(0, mostHosts).map(({ host }) => host) : [];
  const own = texts.get(domain);
  const hasSpf = own?.ok === true && own.value.filter(isSpf).length === 1;
  return {
    mx,
    texts,
    services,
    tlsa,
    names: new Map(names),
    addresses: await askAll(
      [hostname, mtaStsHost(domain), ...hosts.filter((host) => host !== "")],
      (name) => questions.addresses(name),
    ),
    spf: hasSpf ? await evaluateSpf(facts, questions) : new Map(),
  };
}

/** MX hosts whose addresses are looked up. */
const mostHosts = 10;

async function askAll<Answer>(
  names: readonly string[],
  ask: (name: string) => Promise<Answer>,
): Promise<ReadonlyMap<string, Answer>> {
  const asked = [...new Set(names)].map(async (name) => [name, await ask(name)] as const);
  return new Map(await Promise.all(asked));
}

/** As receivers would that are sent mail from each of our addresses. */
async function evaluateSpf(
  { domain, hostname, addresses }: DomainFacts,
  questions: PublishedLookups,
): Promise<ReadonlyMap<string, SpfVerdict>> {
  const verdicts = addresses.map(async (client) => {
    const sender = { local: "postmaster", domain };
    const subject = { client, hello: hostname, sender };
    const { result, why = result } = await checkSpf(subject, spfQuestions(client, questions));
    return [formatIp(client), { result, why }] as const;
  });
  return new Map(await Promise.all(verdicts));
}

function spfQuestions(client: IpAddress, questions: PublishedLookups): SpfQuestions {
  return {
    texts: (name) => questions.texts(name),
    async exchanges(name) {
      const found = await questions.mx(name);
      return found.ok ? good(found.value.map(({ host }) => host)) : found;
    },
    async addresses(name, version) {
      const found = await questions.addresses(name);
      if (!found.ok) return found;
      return good(found.value.filter((address) => address.includes(":") === (version === 6)));
    },
    names: () => questions.names(client),
  };
}
