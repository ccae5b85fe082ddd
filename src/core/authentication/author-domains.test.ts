import assert from "node:assert/strict";
import { test } from "node:test";
import { splitHeader } from "../mail/header-fields.ts";
import { authorDomains } from "./author-domains.ts";

const cases: readonly (readonly [header: string, domains: readonly string[]])[] = [
  ["From: Ann <ann@Example.ORG>\r\n", ["example.org"]],
  ["From: ann@example.org\r\nTo: bob@example.net\r\n", ["example.org"]],
  ["from:\r\n\t=?utf-8?q?Ann?=\r\n <ann@example.org>\r\n", ["example.org"]],
  ["From: a@example.org, b@example.net, c@example.org\r\n", ["example.org", "example.net"]],
  ["From: a@example.org\r\nFrom: b@example.net\r\n", ["example.org", "example.net"]],
  ["From: Ann <ann@b\u00fccher.example>\r\n", ["xn--bcher-kva.example"]],
  // What a strict reader does not take, and a mail program shows all the same.
  ["From: help@example.net via List <list@example.org>\r\n", ["example.org"]],
  ["From: ann@example.org bob\r\n", ["example.org"]],
  ["From: <ann@example.org\r\n", ["example.org"]],
  ['From: "x" <a@example.org> <b@example.net>\r\n', ["example.org", "example.net"]],
  ["From: <ann@example.org.>\r\n", ["example.org"]],
  ['From: ceo@bank.example, "<x@evil.example>\r\n', ["bank.example", "evil.example"]],
  ["From: <x@evil.example>, <ceo@bank.example\r\n", ["evil.example", "bank.example"]],
  ["From: ceo@bank.example\u0000\r\n", ["bank.example"]],
  ["From: undisclosed:;\r\n", []],
  ["From: ann@[192.0.2.1]\r\n", []],
  ["From: nobody\r\n", []],
  ["Subject: From: ann@example.org\r\n", []],
];

for (const [header, domains] of cases) {
  test(JSON.stringify(header), () => {
    assert.deepEqual(authorDomains(splitHeader(new TextEncoder().encode(header))), domains);
  });
}
