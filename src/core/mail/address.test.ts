import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  type Address,
  formatAddress,
  formatReversePath,
  literalIp,
  mailboxKey,
  needsSmtpUtf8,
  parseAddress,
  utf8Length,
} from "./address.ts";

function parsed(text: string): Address {
  const result = parseAddress(text);
  assert.ok(result.ok, `no address: ${text}`);
  return result.value;
}

function problemOf(text: string): string | undefined {
  const result = parseAddress(text);
  return result.ok ? undefined : result.problem;
}

function anyOf(characters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...characters.split(""));
}

/** Any printable characters, those that mean something in an address more often. */
const anyLocalPart = fc
  .string({
    unit: fc.oneof(
      anyOf('@"\\.<>:, %!()[]'),
      fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }),
      fc.constantFrom("ü", "用", "😀", "é"),
    ),
    maxLength: 30,
  })
  .filter((local) => utf8Length(local) <= 64);

const anyDomain = fc.constantFrom(
  "example.org",
  "a.b-c.example",
  "[192.0.2.1]",
  "[IPv6:2001:db8::1]",
);

describe("addresses", () => {
  test("are read as they were written, whatever the local part holds", () => {
    fc.assert(
      fc.property(anyLocalPart, anyDomain, (local, domain) => {
        assert.deepEqual(parsed(formatAddress({ local, domain })), { local, domain });
      }),
      { numRuns: 1000 },
    );
  });

  test("are written as they can be read again, once they were read", () => {
    const text = fc.string({ unit: anyOf('ab@@""\\..[]:1% '), maxLength: 20 });
    fc.assert(
      fc.property(text, (input) => {
        const result = parseAddress(input);
        if (result.ok) assert.deepEqual(parsed(formatAddress(result.value)), result.value);
      }),
      { numRuns: 2000 },
    );
  });

  test("make no text throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseAddress(text)));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => void parseAddress(`user@${text}`)),
    );
  });

  test("hold no control character", () => {
    fc.assert(
      fc.property(fc.nat(31), fc.boolean(), (code, quoted) => {
        const local = `a${String.fromCharCode(code)}b`;
        assert.equal(
          problemOf(quoted ? `"${local}"@example.org` : `${local}@example.org`),
          "syntax",
        );
        assert.equal(problemOf(`"a\\${String.fromCharCode(code)}"@example.org`), "syntax");
      }),
    );
  });

  const sound: readonly (readonly [string, Address])[] = [
    ["bob@EXAMPLE.org", { local: "bob", domain: "example.org" }],
    ["Bob@example.org", { local: "Bob", domain: "example.org" }],
    ['"bob"@example.org', { local: "bob", domain: "example.org" }],
    ['"b\\o\\"b"@example.org', { local: 'bo"b', domain: "example.org" }],
    ['""@example.org', { local: "", domain: "example.org" }],
    ['"a@b"@example.org', { local: "a@b", domain: "example.org" }],
    ["a%b@example.org", { local: "a%b", domain: "example.org" }],
    ["host!user@example.org", { local: "host!user", domain: "example.org" }],
    ["用户@bücher.example", { local: "用户", domain: "xn--bcher-kva.example" }],
    ["bob@example。org", { local: "bob", domain: "example.org" }],
    ["bob@[IPv6:2001:DB8:0::1]", { local: "bob", domain: "[IPv6:2001:db8::1]" }],
    ["bob@[IPv6:::ffff:192.0.2.1]", { local: "bob", domain: "[192.0.2.1]" }],
  ];
  for (const [text, address] of sound) {
    test(`${text} is understood`, () => assert.deepEqual(parsed(text), address));
  }

  const unsound: readonly (readonly [string, string])[] = [
    ["", "syntax"],
    ["bob", "no-domain"],
    ['"bob@example.org"', "no-domain"],
    ["a@b@example.org", "bad-domain"],
    ["@example.org", "syntax"],
    ["bob.@example.org", "syntax"],
    ["b..b@example.org", "syntax"],
    ['"bob@example.org', "syntax"],
    ['"bob"x@example.org', "syntax"],
    ['bob"x"@example.org', "syntax"],
    ['"bob\\"@example.org', "syntax"],
    ["bob@", "bad-domain"],
    ["bob@example.org.", "bad-domain"],
    ["bob@.example.org", "bad-domain"],
    ["bob@exa%6dple.org", "bad-domain"],
    ["bob@bücher.example/x", "bad-domain"],
    ["bob@bücher.example:25", "bad-domain"],
    ["bob@evil＠bücher.example", "bad-domain"],
    ["bob@[192.0.2.1", "bad-domain"],
    ["bob@[192.0.2.1]x", "bad-domain"],
    ["bob@[x-tag:1]", "bad-domain"],
    [`${"ü".repeat(33)}@example.org`, "local-part-too-long"],
    [`bob@${"a.".repeat(127)}ab`, "bad-domain"],
  ];
  for (const [text, problem] of unsound) {
    test(`${JSON.stringify(text)} is refused: ${problem}`, () =>
      assert.equal(problemOf(text), problem));
  }

  test("may be as long as the RFC allows", () => {
    assert.equal(parsed(`${"ü".repeat(32)}@example.org`).local.length, 32);
    assert.equal(parsed(`bob@${"a.".repeat(127)}a`).domain.length, 255);
  });

  test("need SMTPUTF8 for the local part alone", () => {
    assert.equal(needsSmtpUtf8(parsed("bob@bücher.example")), false);
    assert.equal(needsSmtpUtf8(parsed("bücher@example.org")), true);
  });

  test("are one mailbox without regard to case, quotes and composition", () => {
    assert.equal(
      mailboxKey(parsed('"BÜCHER"@Example.org')),
      mailboxKey(parsed("bu\u0308cher@example.org")),
    );
  });

  test("of a literal have an IP address", () => {
    assert.equal(literalIp(parsed("bob@[IPv6:2001:db8::1]").domain), "2001:db8::1");
    assert.equal(literalIp(parsed("bob@[192.0.2.1]").domain), "192.0.2.1");
    assert.equal(literalIp("example.org"), undefined);
  });

  test("of nobody are the empty text", () => assert.equal(formatReversePath(null), ""));
});

// The forms with which open relays are looked for. X is foreign, H is our own name, I our address.
describe("an address never names another host than the one behind the last unquoted @", () => {
  const [X, H, I] = ["example.net", "mail.example.org", "192.0.2.1"];
  const forms: readonly (readonly [string, string | undefined])[] = [
    [`victim@${X}`, X],
    [`"victim@${X}"`, undefined],
    [`"victim%${X}"`, undefined],
    [`victim%${X}@${H}`, H],
    [`victim%${X}@[${I}]`, `[${I}]`],
    [`victim@${X}@${H}`, undefined],
    [`victim@${X}@[${I}]`, undefined],
    [`"victim@${X}"@${H}`, H],
    [`"victim@${X}"@[${I}]`, `[${I}]`],
    [`"victim"@${X}@${H}`, undefined],
    [`@${H}:victim@${X}`, undefined],
    [`@[${I}]:victim@${X}`, undefined],
    [`${X}!victim`, undefined],
    [`${X}!victim@${H}`, H],
    [`${X}!victim@[${I}]`, `[${I}]`],
    [`victim%${X}@`, undefined],
    [`victim@${X}@`, undefined],
    [`"${H}"@${X}`, X],
    [`victim\\@${X}@${H}`, undefined],
    [`victim@${X}\\@${H}`, undefined],
    [`victim@${X},bob@${H}`, undefined],
    [`victim@${X} @${H}`, undefined],
  ];
  for (const [text, domain] of forms) {
    test(`${text}: ${domain ?? "refused"}`, () => {
      const result = parseAddress(text);
      assert.equal(result.ok ? result.value.domain : undefined, domain);
    });
  }

  test("whatever the local part holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyOf('ab@"\\.%!: '), maxLength: 16 }), (text) => {
        const result = parseAddress(`${text}@example.org`);
        if (result.ok) assert.equal(result.value.domain, "example.org");
      }),
      { numRuns: 2000 },
    );
  });
});
