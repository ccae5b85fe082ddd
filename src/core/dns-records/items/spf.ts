// Which hosts send the domain's mail (RFC 7208).

import { formatIp, type IpAddress, parseIp } from "../../mail/ip.ts";
import type { DomainFacts } from "../facts.ts";
import { differs, type Item, judge, missing, ok, type Standing } from "../item.ts";
import { lookedUp, type PublishedRecords, type SpfVerdict } from "../published.ts";

/** A domain that is handed on sends elsewhere; notices come from our own name all the same. */
export function spfItems(facts: DomainFacts): readonly Item[] {
  const { domain, hostname, deliver, smartHost } = facts;
  return [
    ...(deliver === "relay" ? [] : [spfItem(facts)]),
    ...(hostname === domain || smartHost !== undefined ? [] : [helloItem(facts)]),
  ];
}

function spfItem(facts: DomainFacts): Item {
  const { domain, smartHost } = facts;
  return {
    title: "which hosts send its mail (SPF)",
    need: "needed",
    records: [{ name: domain, type: "TXT", text: `v=spf1 ${mechanisms(facts)} ~all` }],
    ...(smartHost !== undefined && {
      note: `mail goes out by ${smartHost}: whoever runs it says what to include here`,
    }),
    check: (published) =>
      judge(lookedUp(published.texts, domain), (texts) => {
        const records = texts.filter(isSpf);
        const [record, ...more] = records;
        if (record === undefined) return missing();
        if (more.length > 0) {
          return differs(
            records,
            "With several SPF records none counts (RFC 7208 §4.5): make one of them.",
          );
        }
        return judgeRecord(record, facts, published);
      }),
  };
}

/** What notices are judged by, which have no sender (RFC 7208 §2.4). */
function helloItem({ hostname }: DomainFacts): Item {
  return {
    title: "that notices of this server come from it (SPF)",
    need: "useful",
    records: [{ name: hostname, type: "TXT", text: "v=spf1 a ~all" }],
    check: (published) =>
      judge(lookedUp(published.texts, hostname), (texts) => {
        const records = texts.filter(isSpf);
        if (records.length === 0) return missing();
        return records.length === 1
          ? ok
          : differs(records, "Of several SPF records none counts: leave one.");
      }),
  };
}

export function isSpf(text: string): boolean {
  return /^v=spf1( |$)/i.test(text);
}

function mechanisms({ addresses, hostname, smartHost }: DomainFacts): string {
  if (smartHost !== undefined) {
    const ip = parseIp(smartHost);
    return ip === undefined ? `a:${smartHost}` : mechanism(ip);
  }
  if (addresses.length === 0) return `a:${hostname}`;
  return addresses.map(mechanism).join(" ");
}

function mechanism(address: IpAddress): string {
  return `ip${address.version}:${formatIp(address)}`;
}

function judgeRecord(record: string, facts: DomainFacts, { spf }: PublishedRecords): Standing {
  if (/ \+?all( |$)/i.test(record)) {
    return differs([record], "It lets every host send; end it with ~all.");
  }
  // What a smart host sends from is its own matter.
  if (facts.smartHost !== undefined) return ok;
  const verdicts = facts.addresses.map((ip) => ({ ip, verdict: spf.get(formatIp(ip)) ?? unknown }));
  const faulty = verdicts.find(({ verdict }) => verdict.result === "permerror");
  if (faulty !== undefined) {
    return differs([record], `Receivers cannot evaluate it: ${faulty.verdict.why}.`);
  }
  const doubtful = verdicts.find(({ verdict }) => verdict.result === "temperror");
  if (doubtful !== undefined) return { state: "unknown", why: doubtful.verdict.why };
  const refused = verdicts.filter(({ verdict }) => verdict.result !== "pass").map(({ ip }) => ip);
  if (refused.length === 0) return ok;
  const added = refused.map(mechanism).join(" ");
  const mended = record.replace(/^v=spf1/i, `v=spf1 ${added}`);
  const remedy = `It does not admit ${refused.map(formatIp).join(", ")}: make it ${mended}`;
  const published = { name: facts.domain, type: "TXT", text: mended } as const;
  return { ...differs([record], remedy), mended: published };
}

const unknown: SpfVerdict = { result: "temperror", why: "it was not evaluated" };
