// Where the domain's mail comes to, and who we are: MX, the addresses of our name, and back.

import { formatIp, type IpAddress } from "../../mail/ip.ts";
import { reverseName } from "../../mail/reverse-name.ts";
import type { DomainFacts } from "../facts.ts";
import { differs, type Item, judge, missing, ok } from "../item.ts";
import { lookedUp, type PublishedRecords } from "../published.ts";
import { formatData } from "../record.ts";

export function hostItems(facts: DomainFacts): readonly Item[] {
  const { addresses } = facts;
  return [
    ...(facts.deliver === "none" ? [] : [mxItem(facts)]),
    ...(addresses.length === 0 ? [unknownAddress(facts)] : addresses.map(addressItem(facts))),
    ...addresses.map(reverseItem(facts)),
  ];
}

/** A secondary MX stands behind the host that it hands the mail on to. */
const preferences = { mailboxes: 10, relay: 20, none: 0 } as const;

function mxItem(facts: DomainFacts): Item {
  const { domain, hostname, deliver } = facts;
  const record = {
    name: domain,
    type: "MX",
    preference: preferences[deliver],
    host: hostname,
  } as const;
  return {
    title: "where mail for the domain comes to",
    need: "needed",
    records: [record],
    check: (published) =>
      judge(published.mx, (found) => {
        if (found.length === 0) return missing();
        if (found.some(({ host }) => isUs(host, facts, published))) return ok;
        const hosts = found.map(({ preference, host }) =>
          formatData({ ...record, preference, host: host === "" ? "." : host }),
        );
        return differs(
          hosts,
          "Its mail goes there and not to this server; publish ours beside it, or in its place.",
        );
      }),
  };
}

function isUs(
  host: string,
  { hostname, addresses }: DomainFacts,
  published: PublishedRecords,
): boolean {
  if (host === hostname) return true;
  const found = lookedUp(published.addresses, host);
  return found.ok && addresses.some((address) => found.value.includes(formatIp(address)));
}

function addressItem({ hostname }: DomainFacts) {
  return (ip: IpAddress): Item => {
    const address = formatIp(ip);
    const type = ip.version === 4 ? "A" : "AAAA";
    return {
      title: "where this server is",
      need: "needed",
      records: [{ name: hostname, type, address }],
      check: (published) =>
        judge(lookedUp(published.addresses, hostname), (found) => {
          if (found.includes(address)) return ok;
          const others = found.filter((each) => each.includes(":") === (type === "AAAA"));
          if (others.length === 0) return missing();
          return differs(others, `Publish ${address}, too, or send from another address.`);
        }),
    };
  };
}

function unknownAddress({ hostname }: DomainFacts): Item {
  return {
    title: "where this server is",
    need: "needed",
    records: [],
    note: `the public address of this server is not known here; give it with --address`,
    check: (published) =>
      judge(lookedUp(published.addresses, hostname), (found) =>
        found.length > 0 ? ok : missing(`Publish the address of ${hostname} (A, AAAA).`),
      ),
  };
}

/** RFC 1912 §2.1. Who hands all mail to a smart host is judged by that one's. */
function reverseItem({ hostname, smartHost }: DomainFacts) {
  return (ip: IpAddress): Item => {
    const address = formatIp(ip);
    return {
      title: `the name of ${address}`,
      need: smartHost === undefined ? "needed" : "useful",
      records: [{ name: reverseName(ip), type: "PTR", host: hostname }],
      note: "set by whoever gave you the address: your provider",
      check: (published) =>
        judge(lookedUp(published.names, address), (found) => {
          if (found.includes(hostname)) return ok;
          const remedy = `Ask whoever gave you ${address} to let it resolve to ${hostname}.`;
          return found.length === 0 ? missing(remedy) : differs(found, remedy);
        }),
    };
  };
}
