// What mail programs and other servers find out by themselves: the ports of our services (RFC 6186, RFC
// 8314), and which certificate they will see (DANE, RFC 7672).

import { type DomainFacts, serviceNames } from "../facts.ts";
import { differs, type Item, judge, missing, ok } from "../item.ts";
import { lookedUp } from "../published.ts";
import { type DnsRecord, formatData } from "../record.ts";

export function serviceRecordName(service: string, domain: string): string {
  return `_${service}._tcp.${domain}`;
}

export function serviceItems({
  domain,
  hostname,
  services,
  deliver,
}: DomainFacts): readonly Item[] {
  if (deliver === "relay") return [];
  return serviceNames.map((service): Item => {
    const port = services.find(({ name }) => name === service)?.port;
    const name = serviceRecordName(service, domain);
    return port === undefined
      ? noService(service, { name, type: "SRV", priority: 0, weight: 0, port: 0, target: "." })
      : serviceItem(service, { name, type: "SRV", priority: 0, weight: 1, port, target: hostname });
  });
}

type ServiceRecord = Extract<DnsRecord, { type: "SRV" }>;

function serviceItem(service: string, record: ServiceRecord): Item {
  return {
    title: `where mail programs find ${service}`,
    need: "useful",
    records: [record],
    check: (published) =>
      judge(lookedUp(published.services, record.name), (found) => {
        if (found.length === 0) return missing();
        const isThere = found.some(
          ({ target, port }) => target === record.target && port === record.port,
        );
        if (isThere) return ok;
        const others = found.map((each) => formatData({ ...record, ...each }));
        return differs(others, `Make it ${formatData(record)}`);
      }),
  };
}

function noService(service: string, record: ServiceRecord): Item {
  return {
    title: `that mail programs find no ${service} here`,
    need: "useful",
    records: [record],
    note: "unless another program serves it",
    // Whoever is named there is somebody else's.
    check: (published) =>
      judge(lookedUp(published.services, record.name), (found) =>
        found.length === 0 ? missing() : ok,
      ),
  };
}

export function tlsaRecordName(hostname: string): string {
  return `_25._tcp.${hostname}`;
}

export function daneItems({ hostname, certificate, deliver }: DomainFacts): readonly Item[] {
  if (certificate === undefined || deliver === "none") return [];
  const name = tlsaRecordName(hostname);
  // The key of the certificate itself (DANE-EE, SPKI, SHA-256), whoever has signed it: RFC 7672 §3.1.1.
  const record = {
    name,
    type: "TLSA",
    usage: 3,
    selector: 1,
    matching: 1,
    data: certificate,
  } as const;
  return [
    {
      title: "which certificate other servers see (DANE)",
      need: "useful",
      records: [record],
      note: "counts in zones that are signed (DNSSEC); publish the next key's record before you change the key",
      check: (published) =>
        judge(lookedUp(published.tlsa, name), (found) => {
          if (found.length === 0) return missing("Publish it where the zone is signed.");
          const wanted = formatData(record);
          const others = found.map((each) => formatData({ ...record, ...each }));
          if (others.includes(wanted)) return ok;
          return differs(
            others,
            "None is of the certificate in use: servers that look will not deliver. Publish ours, or take them out.",
          );
        }),
    },
  ];
}
