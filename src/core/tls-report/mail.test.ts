import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { composeReportMail, fileName } from "./mail.ts";

const report = gzipSync(JSON.stringify({ "organization-name": "x".repeat(500) }));
const name = fileName({
  submitter: "mail.sender.example",
  domain: "company-y.example",
  begin: Date.UTC(2016, 3, 1),
});
const mail = Buffer.from(
  composeReportMail({
    submitter: "mail.sender.example",
    from: { local: "tlsrpt", domain: "sender.example" },
    to: [
      { local: "one", domain: "company-y.example" },
      { local: "two", domain: "company-y.example" },
    ],
    domain: "company-y.example",
    reportId: "2016-04-01.company-y.example@mail.sender.example",
    messageId: "00abc",
    now: Date.UTC(2016, 3, 2, 1),
    name,
    report,
  }),
).toString("latin1");
const unfolded = mail.replaceAll("\r\n\t", " ");

test("the name says whose report it is, and of which time", () => {
  assert.equal(name, "mail.sender.example!company-y.example!1459468800!1459555199.json.gz");
});

test("the header is the RFC's (§5.3)", () => {
  for (const field of [
    "From: <tlsrpt@sender.example>",
    "To: <one@company-y.example>, <two@company-y.example>",
    "Subject: Report Domain: company-y.example Submitter: mail.sender.example Report-ID: <2016-04-01.company-y.example@mail.sender.example>",
    "TLS-Report-Domain: company-y.example",
    "TLS-Report-Submitter: mail.sender.example",
    "TLS-Required: No",
    "Date: Sat, 02 Apr 2016 01:00:00 +0000",
    "Message-ID: <00abc@mail.sender.example>",
    'Content-Type: multipart/report; report-type="tlsrpt"; boundary="=_00abc"',
  ]) {
    assert.ok(`\r\n${unfolded}`.includes(`\r\n${field}\r\n`), field);
  }
});

test("the report is in it, in lines that pass every host", () => {
  const [, words = "", attachment = "", end = ""] = mail.split("\r\n--=_00abc");
  assert.match(words, /^\r\nContent-Type: text\/plain/);
  assert.equal(end, "--\r\n");
  const [header = "", body = ""] = attachment.split("\r\n\r\n");
  assert.match(header, /^\r\nContent-Type: application\/tlsrpt\+gzip\r\n/);
  assert.ok(header.includes(`filename="${name}"`));
  assert.deepEqual(gunzipSync(Buffer.from(body, "base64")), gunzipSync(report));
  assert.ok(mail.split("\r\n").every((line) => line.length <= 200 && /^[\t -~]*$/.test(line)));
});
