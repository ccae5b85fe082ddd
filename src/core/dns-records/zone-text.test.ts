import assert from "node:assert/strict";
import { test } from "node:test";
import { digest, edKey, factsOf, ips, rsaKey } from "./fixture.test.ts";
import { findingsFor, itemsFor } from "./items.ts";
import type { DomainFacts } from "./facts.ts";
import type { Standing } from "./item.ts";
import { zoneText } from "./zone-text.ts";

function zone(facts: DomainFacts): string {
  return zoneText(facts.domain, findingsFor(itemsFor(facts), undefined));
}

/** The records, without comments. */
function records(facts: DomainFacts): readonly string[] {
  return zone(facts)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(";"));
}

test("a domain whose mail comes here needs all of it", () => {
  const rsa = `v=DKIM1; k=rsa; p=${rsaKey}`;
  assert.deepEqual(records(factsOf()), [
    "example.org. 3600 IN MX 10 mail.example.org.",
    "mail.example.org. 3600 IN A 192.0.2.25",
    "mail.example.org. 3600 IN AAAA 2001:db8::25",
    'example.org. 3600 IN TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"',
    'mail.example.org. 3600 IN TXT "v=spf1 a ~all"',
    `20261126-rsa._domainkey.example.org. 3600 IN TXT "${rsa.slice(0, 255)}" "${rsa.slice(255)}"`,
    `20261126-ed25519._domainkey.example.org. 3600 IN TXT "v=DKIM1; k=ed25519; p=${edKey}"`,
    '_dmarc.example.org. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@example.org"',
    '_mta-sts.example.org. 3600 IN TXT "v=STSv1; id=20261126"',
    "mta-sts.example.org. 3600 IN A 192.0.2.25",
    "mta-sts.example.org. 3600 IN AAAA 2001:db8::25",
    '_smtp._tls.example.org. 3600 IN TXT "v=TLSRPTv1; rua=mailto:postmaster@example.org"',
    "_submissions._tcp.example.org. 3600 IN SRV 0 1 465 mail.example.org.",
    "_submission._tcp.example.org. 3600 IN SRV 0 1 587 mail.example.org.",
    "_pop3s._tcp.example.org. 3600 IN SRV 0 1 995 mail.example.org.",
    "_pop3._tcp.example.org. 3600 IN SRV 0 0 0 .",
    "_imaps._tcp.example.org. 3600 IN SRV 0 0 0 .",
    "_imap._tcp.example.org. 3600 IN SRV 0 0 0 .",
    `_25._tcp.mail.example.org. 3600 IN TLSA 3 1 1 ${digest}`,
  ]);
});

test("what belongs to another zone is a comment", () => {
  const text = zone(factsOf({ hostname: "mail.example.net", addresses: ips("192.0.2.25") }));
  assert.match(text, /^; in another zone: mail\.example\.net\. 3600 IN A 192\.0\.2\.25$/m);
  assert.match(
    text,
    /^; in another zone: 25\.2\.0\.192\.in-addr\.arpa\. 3600 IN PTR mail\.example\.net\.$/m,
  );
  assert.match(text, /^; in another zone: _25\._tcp\.mail\.example\.net\. /m);
  assert.match(text, /^example\.org\. 3600 IN MX 10 mail\.example\.net\.$/m);
});

test("a domain that only sends takes no mail", () => {
  const names = records(factsOf({ deliver: "none", certificate: undefined })).join("\n");
  assert.doesNotMatch(names, / MX |_mta-sts|_smtp\._tls/);
  assert.match(names, /v=spf1/);
  assert.match(names, /_submission\._tcp/);
});

test("a domain that is handed on has its mail sent and signed elsewhere", () => {
  const names = records(factsOf({ deliver: "relay", keys: [] })).join("\n");
  assert.match(names, / MX 20 /);
  assert.doesNotMatch(names, /^example\.org.*v=spf1|DKIM1|DMARC1|_pop3/m);
});

test("what was asked for is added only where it is missing", () => {
  const [item] = itemsFor(factsOf());
  assert.ok(item);
  const { check: _, ...finding } = item;
  const text = (standing: Standing) => zoneText("example.org", [{ ...finding, standing }]);
  const record = "example.org. 3600 IN MX 10 mail.example.org.";
  const title = "; where mail for the domain comes to";
  assert.equal(text({ state: "ok" }), `${title}: in order\n; there: ${record}\n`);
  assert.equal(
    text({ state: "missing", remedy: "Publish it." }),
    `${title}: missing\n; ! Publish it.\n${record}\n`,
  );
  assert.equal(
    text({ state: "differs", found: ["5 a.test.\nx"], remedy: "Mend it." }),
    `${title}: differs\n; ! there is: 5 a.test.?x\n; ! Mend it.\n; in its place: ${record}\n`,
  );
  const mended = { name: "example.org", type: "TXT", text: "other" } as const;
  assert.match(
    text({ state: "differs", found: [], remedy: "Mend it.", mended }),
    /; in its place: example\.org\. 3600 IN TXT "other"\n$/,
  );
  assert.equal(
    text({ state: "unknown", why: "no answer" }),
    `${title}: unknown\n; ! no answer\n${record}\n`,
  );
});

test("what is not known is said", () => {
  const text = zone(factsOf({ addresses: [], keys: [], smartHost: "smtp.example.com" }));
  assert.match(text, /^; {3}.*give it with --address$/m);
  assert.match(text, /^; {3}it has none; make keys: bailiwick dkim rotate example\.org$/m);
  assert.match(text, /^; {3}mail goes out by smtp\.example\.com: whoever runs it says/m);
  assert.match(text, /^example\.org\. .*"v=spf1 a:smtp\.example\.com ~all"$/m);
});
