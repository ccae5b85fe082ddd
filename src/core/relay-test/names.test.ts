import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp } from "../mail/ip.ts";
import { recipientForms, senderForms } from "./forms.ts";
import { fillIn, greetedName, guessLocal, type Names, parsePlainAddress } from "./names.ts";
import { allPairs } from "./pairs.ts";

function namesAt(address: string): Names {
  const ip = parseIp(address);
  assert.ok(ip !== undefined);
  return {
    foreign: { local: "vic", domain: "example.com" },
    local: { local: "alice", domain: "example.org" },
    host: "mail.example.org",
    ip,
  };
}

test("a form is filled in with names", () => {
  const names = namesAt("192.0.2.1");
  for (const [form, filled] of [
    ["<v@X>", "<vic@example.com>"],
    ["v@X", "vic@example.com"],
    ['<"v%X"@H>', '<"vic%example.com"@mail.example.org>'],
    ["<X!v@[I]>", "<example.com!vic@[192.0.2.1]>"],
    ["<@localhost:v@X>", "<@localhost:vic@example.com>"],
    ["<U@L>", "<alice@example.org>"],
    ["<postmaster@H>", "<postmaster@mail.example.org>"],
    ["<>", "<>"],
  ] as const) {
    assert.equal(fillIn(form, names), filled);
  }
  assert.equal(
    fillIn("<@[I]:v@X>", namesAt("2001:db8::1")),
    "<@[IPv6:2001:db8::1]:vic@example.com>",
  );
});

test("13 senders are tried with every recipient, and none twice", () => {
  const names = namesAt("192.0.2.1");
  assert.equal(senderForms.length, 13);
  assert.equal(allPairs(names).length, 13 * recipientForms.length);
  const local = { local: "postmaster", domain: names.host };
  const fewer = allPairs({ ...names, local });
  const filled = new Set(
    fewer.map(({ sender, recipient }) => `${fillIn(sender, names)} ${fillIn(recipient, names)}`),
  );
  assert.ok(fewer.length < 13 * recipientForms.length);
  assert.equal(filled.size, fewer.length);
});

test("the name of a server is the first word of its greeting, where that is a name", () => {
  assert.equal(greetedName("Mail.Example.ORG ESMTP Postfix"), "mail.example.org");
  for (const text of ["", "ESMTP", "localhost ESMTP", "127.0.0.1 ESMTP", "a.b> RCPT", "[::1] hi"]) {
    assert.equal(greetedName(text), undefined, text);
  }
});

test("its domain is guessed from that", () => {
  assert.deepEqual(guessLocal("mail.example.org"), { local: "postmaster", domain: "example.org" });
  assert.deepEqual(guessLocal("example.org"), { local: "postmaster", domain: "example.org" });
  assert.deepEqual(guessLocal("[192.0.2.1]").domain, "[192.0.2.1]");
});

test("an address for forms needs no quotes", () => {
  assert.deepEqual(parsePlainAddress("me+x@Example.com"), { local: "me+x", domain: "example.com" });
  for (const text of ['"a b"@example.com', "a%b@example.com", "a@[192.0.2.1]", "a", "@b", ""]) {
    assert.equal(parsePlainAddress(text), undefined, text);
  }
});
