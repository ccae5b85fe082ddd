import assert from "node:assert/strict";
import { test } from "node:test";
import { readReportRecord } from "./record.ts";

const mailbox = { local: "reports", domain: "example.com" };
const site = "https://reporting.example.com/v1/tlsrpt";

const cases: readonly (readonly [readonly string[], ReturnType<typeof readReportRecord>])[] = [
  // RFC 8460 §3.1
  [["v=TLSRPTv1;rua=mailto:reports@example.com"], { mail: [mailbox], web: [] }],
  [[`v=TLSRPTv1; rua=${site}`], { mail: [], web: [site] }],
  [
    [`v=TLSRPTv1 ; x=y; rua=mailto:reports@example.com , ${site};`],
    { mail: [mailbox], web: [site] },
  ],
  [
    ["v=spf1 -all", "v=TLSRPTv1;rua=mailto:reports@example.com?subject=x"],
    { mail: [mailbox], web: [] },
  ],
  [["v=TLSRPTv1;rua=MailTo:re%70orts@EXAMPLE.com"], { mail: [mailbox], web: [] }],
  [["v=TLSRPTv1;rua=ftp://a.example/,mailto:reports@example.com"], { mail: [mailbox], web: [] }],
  [[], undefined],
  [["v=TLSRPTv1"], undefined],
  [["v=TLSRPTv1;"], undefined],
  [["v=tlsrptv1;rua=mailto:reports@example.com"], undefined],
  [["v=TLSRPTv10;rua=mailto:reports@example.com"], undefined],
  [["v=TLSRPTv1;rua=mailto:"], undefined],
  [["v=TLSRPTv1;rua=mailto:%"], undefined],
  [["v=TLSRPTv1;rua=mailto:a@b%0d%0abcc:x@y"], undefined],
  [["v=TLSRPTv1;rua=mailto:jürgen@example.com"], undefined],
  [["v=TLSRPTv1;rua=mailto:root@[127.0.0.1]"], undefined],
  [["v=TLSRPTv1;rua=http://a.example/"], undefined],
  [["v=TLSRPTv1;rua=https://a b/"], undefined],
  [["v=TLSRPTv1;rua=mailto:a@b.example", "v=TLSRPTv1;rua=mailto:a@b.example"], undefined],
];
for (const [texts, places] of cases) {
  test(texts.join(" | ") || "nothing", () => assert.deepEqual(readReportRecord(texts), places));
}

test("a record does not make us write to a crowd", () => {
  const crowd = Array.from({ length: 50 }, (_, at) => `mailto:u${at}@example.com`).join(",");
  assert.equal(readReportRecord([`v=TLSRPTv1;rua=${crowd}`])?.mail.length, 3);
});

test("a field of blanks takes no longer than any other", () => {
  const begun = performance.now();
  readReportRecord([`v=TLSRPTv1; rua=a${" ".repeat(65_000)}b`]);
  // A pattern that tries each blank as the last one takes many seconds.
  assert.ok(performance.now() - begun < 1_000);
});
