// What receivers are to make of the domain's mail, and senders of our TLS: DMARC, MTA-STS, TLS-RPT.

import { formatIp } from "../../mail/ip.ts";
import { parseTagList } from "../../mail/tag-list.ts";
import { dmarcProblem, isDmarc, isReportUri } from "../dmarc.ts";
import type { DomainFacts } from "../facts.ts";
import { differs, type Item, judge, missing, ok, type Standing } from "../item.ts";
import { lookedUp, type PublishedRecords } from "../published.ts";

export function policyItems(facts: DomainFacts): readonly Item[] {
  const takesMail = facts.deliver !== "none";
  return [
    ...(facts.deliver === "relay" ? [] : [dmarcItem(facts)]),
    ...(takesMail ? [mtaStsItem(facts), tlsReportItem(facts)] : []),
  ];
}

function dmarcItem({ domain }: DomainFacts): Item {
  const name = `_dmarc.${domain}`;
  const text = `v=DMARC1; p=none; rua=mailto:postmaster@${domain}`;
  return {
    title: "what receivers make of mail that only claims to be from it (DMARC)",
    need: "needed",
    records: [{ name, type: "TXT", text }],
    note: "raise p= to quarantine or reject once the reports show that all of your mail passes",
    check: (published) => judgeDmarc(dmarcNames(domain), published),
  };
}

/** The domain's own name, and those above it, whose policy holds where it has none of its own. */
export function dmarcNames(domain: string): readonly string[] {
  const labels = domain.split(".");
  return labels.slice(0, -1).map((_, at) => `_dmarc.${labels.slice(at).join(".")}`);
}

function judgeDmarc([name, ...above]: readonly string[], published: PublishedRecords): Standing {
  if (name === undefined) return missing();
  return judge(lookedUp(published.texts, name), (texts) => {
    const records = texts.filter(isDmarc);
    const [record, ...more] = records;
    if (record === undefined) return judgeDmarc(above, published);
    if (more.length > 0)
      return differs(records, "With several DMARC records none counts: leave one.");
    const problem = dmarcProblem(record);
    return problem === undefined ? ok : differs(records, `Mend it: ${problem}.`);
  });
}

/** RFC 8461 §3.2. */
function mtaStsPolicy({ hostname }: Pick<DomainFacts, "hostname">): string {
  return `version: STSv1\nmode: testing\nmx: ${hostname}\nmax_age: 604800\n`;
}

export function mtaStsHost(domain: string): string {
  return `mta-sts.${domain}`;
}

function mtaStsItem(facts: DomainFacts): Item {
  const { domain, addresses, today } = facts;
  const name = `_mta-sts.${domain}`;
  const host = mtaStsHost(domain);
  return {
    title: "that mail for it comes under TLS (MTA-STS)",
    need: "useful",
    records: [
      { name, type: "TXT", text: `v=STSv1; id=${today}` },
      ...addresses.map((ip) => {
        const type = ip.version === 4 ? ("A" as const) : ("AAAA" as const);
        return { name: host, type, address: formatIp(ip) };
      }),
    ],
    note: [
      `only with a certificate that all trust, and a web server at ${host} that serves`,
      `https://${host}/.well-known/mta-sts.txt:`,
      ...mtaStsPolicy(facts).trimEnd().split("\n"),
    ].join("\n"),
    check: (published) =>
      judge(lookedUp(published.texts, name), (texts) => {
        const records = texts.filter((text) => /^v=STSv1\s*(;|$)/.test(text));
        const [record, ...more] = records;
        if (record === undefined) return missing("Publish it once its policy can be fetched.");
        const id = parseTagList(record)?.get("id") ?? "";
        if (more.length > 0 || !/^[A-Za-z0-9]{1,32}$/.test(id)) {
          return differs(records, "Leave one record, with an id= of letters and digits.");
        }
        return judge(lookedUp(published.addresses, host), (found) =>
          found.length > 0
            ? ok
            : differs(records, `Nobody can fetch the policy: ${host} has no address.`),
        );
      }),
  };
}

/** RFC 8460 §3. */
function tlsReportItem({ domain }: DomainFacts): Item {
  const name = `_smtp._tls.${domain}`;
  return {
    title: "where others report that TLS failed (TLS-RPT)",
    need: "useful",
    records: [{ name, type: "TXT", text: `v=TLSRPTv1; rua=mailto:postmaster@${domain}` }],
    check: ({ texts }) =>
      judge(lookedUp(texts, name), (found) => {
        const records = found.filter((text) => /^v=TLSRPTv1\s*(;|$)/.test(text));
        const [record, ...more] = records;
        if (record === undefined) return missing();
        const uris = parseTagList(record)?.get("rua")?.split(",") ?? [];
        const isRight = uris.length > 0 && uris.every((uri) => isReportUri(uri.trim()));
        if (more.length === 0 && isRight) return ok;
        return differs(records, "Leave one record, whose rua= names mailto: or https: addresses.");
      }),
  };
}
