// How a domain stands, for all that a DNS may say of it.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type DnsRecords, type DnsZone, startDns } from "../../../test/support/dns.ts";
import type { DomainFacts } from "../../core/dns-records/facts.ts";
import { digest, edKey, factsOf, ips, rsaKey } from "../../core/dns-records/fixture.test.ts";
import { findingsFor, itemsFor, outcomeOf } from "../../core/dns-records/items.ts";
import { standingInWords } from "../../core/dns-records/zone-text.ts";
import { openPublishedLookups } from "./published-lookups.ts";
import { surveyDomain } from "./survey.ts";

const facts = factsOf({ addresses: ips("192.0.2.25") });
const rsaName = "20261126-rsa._domainkey.example.org";
const retired = { state: "retired", publicKeys: { rsa: rsaKey, ed25519: edKey } } as const;

const rightZone: DnsZone = {
  "example.org": { MX: [[10, "mail.example.org"]], TXT: ["other", "v=spf1 mx -all"] },
  "mail.example.org": { A: ["192.0.2.25"], TXT: ["v=spf1 a -all"] },
  "25.2.0.192.in-addr.arpa": { PTR: ["mail.example.org"] },
  [rsaName]: { TXT: [`v=DKIM1; k=rsa; p=${rsaKey}`] },
  "20261126-ed25519._domainkey.example.org": { TXT: [`v=DKIM1; k=ed25519; p=${edKey}`] },
  "_dmarc.example.org": { TXT: ["v=DMARC1; p=reject"] },
  "_mta-sts.example.org": { TXT: ["v=STSv1; id=1"] },
  "mta-sts.example.org": { A: ["192.0.2.80"] },
  "_smtp._tls.example.org": { TXT: ["v=TLSRPTv1; rua=mailto:a@example.org"] },
  "_submissions._tcp.example.org": { SRV: [[0, 1, 465, "mail.example.org"]] },
  "_submission._tcp.example.org": { SRV: [[0, 1, 587, "mail.example.org"]] },
  "_pop3s._tcp.example.org": { SRV: [[0, 1, 995, "mail.example.org"]] },
  "_pop3._tcp.example.org": { SRV: [[0, 0, 0, "."]] },
  "_imaps._tcp.example.org": { SRV: [[0, 1, 993, "imap.example.net"]] },
  "_imap._tcp.example.org": { SRV: [[0, 0, 0, "."]] },
  "_25._tcp.mail.example.org": { TLSA: [[3, 1, 1, Buffer.from(digest, "hex")]] },
};

const dns = await startDns({});
const questions = openPublishedLookups([dns.endpoint]);
after(async () => {
  questions.close();
  await dns.close();
});

/** What is not in order, as `STATE TYPE NAME: what is to be known and done`. */
async function stand(zone: DnsZone, changes: Partial<DomainFacts> = {}) {
  for (const name of Object.keys(rightZone)) dns.set(name, {});
  for (const [name, records] of Object.entries(zone)) dns.set(name, records);
  const asked = { ...facts, ...changes };
  const findings = findingsFor(itemsFor(asked), await surveyDomain(asked, questions));
  const odd = findings.flatMap(({ standing, records: [record] }) => {
    if (standing === undefined || standing.state === "ok") return [];
    const words = standingInWords(standing).join(" | ");
    return [`${standing.state} ${record?.type ?? ""} ${record?.name ?? ""}: ${words}`];
  });
  return { odd, outcome: outcomeOf(findings) };
}

test("a domain for which all is published stands well", async () => {
  assert.deepEqual(await stand(rightZone), { odd: [], outcome: "right" });
});

test("a domain of which the DNS knows nothing lacks all", async () => {
  const { odd, outcome } = await stand({});
  assert.equal(outcome, "wrong");
  assert.equal(odd.length, 17);
  assert.ok(odd.every((line) => line.startsWith("missing ")));
});

test("what is only of use may be missing", async () => {
  const names = Object.keys(rightZone).filter((name) => /_tcp|_tls|mta-sts/.test(name));
  const none = Object.fromEntries(names.map((name) => [name, {}]));
  const { odd, outcome } = await stand({ ...rightZone, ...none });
  assert.equal(outcome, "right");
  assert.equal(odd.length, 9);
});

test("a DNS that does not answer leaves it open", async () => {
  const failing = { "mail.example.org": { fault: "SERVFAIL" } } as const;
  const { odd, outcome } = await stand({ ...rightZone, ...failing });
  assert.equal(outcome, "unknown");
  assert.match(odd.join("\n"), /unknown A mail\.example\.org: .*SERVFAIL/);
  const both = await stand({ ...rightZone, ...failing, "_dmarc.example.org": {} });
  assert.equal(both.outcome, "wrong", "what is certain counts first");
});

describe("one thing is not in order:", () => {
  const cases: readonly (readonly [
    title: string,
    name: string,
    records: DnsRecords,
    expected: RegExp,
  ])[] = [
    [
      "MX elsewhere",
      "example.org",
      { MX: [[5, "mx.else.test"]], TXT: ["v=spf1 ip4:192.0.2.25 -all"] },
      /^differs MX example\.org: there is: 5 mx\.else\.test\. \|/,
    ],
    [
      "null MX",
      "example.org",
      { MX: [[0, "."]], TXT: ["v=spf1 ip4:192.0.2.25"] },
      /^differs MX .*0 \. \|/,
    ],
    [
      "another address",
      "mail.example.org",
      { A: ["192.0.2.1"] },
      /^differs A mail\.example\.org: there is: 192\.0\.2\.1 \| Publish 192\.0\.2\.25/,
    ],
    [
      "another reverse name",
      "25.2.0.192.in-addr.arpa",
      { PTR: ["x.isp.test"] },
      /^differs PTR .*x\.isp\.test \| Ask whoever/,
    ],
    ["no SPF", "example.org", { MX: [[10, "mail.example.org"]] }, /^missing TXT example\.org/],
    [
      "two SPF records",
      "example.org",
      { MX: [[10, "mail.example.org"]], TXT: ["v=spf1 mx -all", "v=spf1 -all"] },
      /^differs TXT .*several SPF records none counts/,
    ],
    [
      "SPF without us",
      "example.org",
      { MX: [[10, "mail.example.org"]], TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
      /^differs TXT .*does not admit 192\.0\.2\.25: make it v=spf1 ip4:192\.0\.2\.25 ip4:192\.0\.2\.1 -all$/,
    ],
    [
      "SPF for everybody",
      "example.org",
      { MX: [[10, "mail.example.org"]], TXT: ["v=spf1 mx +all"] },
      /^differs TXT .*every host/,
    ],
    [
      "SPF with too many look-ups",
      "example.org",
      {
        MX: [[10, "mail.example.org"]],
        TXT: [
          `v=spf1 ${Array.from({ length: 11 }, () => "a:mta-sts.example.org").join(" ")} mx -all`,
        ],
      },
      /^differs TXT .*cannot evaluate it: .*too many look-ups/,
    ],
    [
      "another key",
      rsaName,
      { TXT: ["v=DKIM1; p=AAAA"] },
      /^differs TXT 20261126-rsa.* another key/,
    ],
    [
      "two keys",
      rsaName,
      { TXT: ["v=DKIM1; p=AAAA", `v=DKIM1; p=${rsaKey}`] },
      /^differs .*Several records/,
    ],
    ["bad DMARC", "_dmarc.example.org", { TXT: ["v=DMARC1; p=maybe"] }, /^differs .*p=maybe/],
    [
      "two DMARC records",
      "_dmarc.example.org",
      { TXT: ["v=DMARC1; p=none", "v=DMARC1; p=reject"] },
      /^differs .*none counts/,
    ],
    ["MTA-STS without an id", "_mta-sts.example.org", { TXT: ["v=STSv1;"] }, /^differs .*id=/],
    ["MTA-STS without a policy", "mta-sts.example.org", {}, /^differs .*no address/],
    ["bad TLS-RPT", "_smtp._tls.example.org", { TXT: ["v=TLSRPTv1"] }, /^differs .*rua=/],
    [
      "another port",
      "_submission._tcp.example.org",
      { SRV: [[0, 1, 25, "mail.example.org"]] },
      /^differs SRV .*Make it 0 1 587/,
    ],
    [
      "another certificate",
      "_25._tcp.mail.example.org",
      { TLSA: [[3, 1, 1, Buffer.alloc(32, 0xcd)]] },
      /^differs TLSA .*will not deliver/,
    ],
  ];
  for (const [title, name, records, expected] of cases) {
    test(title, async () => {
      const { odd, outcome } = await stand({ ...rightZone, [name]: records });
      assert.match(odd.join("\n"), expected);
      assert.equal(outcome, "wrong");
    });
  }
});

test("a host with our address is us, under whatever name", async () => {
  const { odd } = await stand({
    ...rightZone,
    "example.org": { MX: [[5, "mx.example.org"]], TXT: ["v=spf1 ip4:192.0.2.25 -all"] },
    "mx.example.org": { A: ["192.0.2.25"] },
  });
  assert.deepEqual(odd, []);
});

test("a policy above the domain holds for it", async () => {
  const names = ["news.example.org", "_dmarc.news.example.org"];
  const { odd } = await stand(
    { ...rightZone, [names[0] ?? ""]: { TXT: ["v=spf1 ip4:192.0.2.25 ~all"] } },
    { domain: "news.example.org", deliver: "none", keys: [], services: [] },
  );
  assert.doesNotMatch(odd.join("\n"), /_dmarc/);
});

test("what a smart host sends from is its own matter", async () => {
  const { odd } = await stand(
    {
      ...rightZone,
      "example.org": { MX: [[10, "mail.example.org"]], TXT: ["v=spf1 include:spf.isp.test -all"] },
      "25.2.0.192.in-addr.arpa": {},
    },
    { smartHost: "smtp.isp.test" },
  );
  assert.deepEqual(odd.length, 1);
  assert.match(odd[0] ?? "", /^missing PTR/);
});

test("a key that nobody needs any more should go", async () => {
  const over = { ...retired, name: "20260101", isOver: true };
  const old = "20260101-rsa._domainkey.example.org";
  const keys = [...facts.keys, over];
  const there = await stand({ ...rightZone, [old]: { TXT: ["v=DKIM1; p=A"] } }, { keys });
  assert.match(there.odd.join("\n"), /^unneeded {2}: Take the TXT record of 20260101-rsa/);
  assert.equal(there.outcome, "right");
  const gone = await stand({ ...rightZone, [old]: {} }, { keys });
  assert.deepEqual(gone.odd, []);
});
