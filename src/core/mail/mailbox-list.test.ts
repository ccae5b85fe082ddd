import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { formatAddress } from "./address.ts";
import { parseMailboxList } from "./mailbox-list.ts";

/** The addresses, or `? ` and what could not be read. */
function read(value: string): readonly string[] | string {
  const list = parseMailboxList(value);
  return list.ok ? list.value.map(formatAddress) : `? ${list.problem}`;
}

const ann = ["ann@client.example"];
const both = ["ann@client.example", "bob@client.example"];

const readable: readonly (readonly [what: string, value: string, addresses: readonly string[]])[] =
  [
    ["an address alone", " ann@client.example\r\n", ann],
    ["brackets alone", "<ann@client.example>", ann],
    ["a name", "Ann Example <ann@client.example>", ann],
    ["a name against the bracket", "Ann<ann@client.example>", ann],
    ["capitals in the domain", "ANN@Client.Example", ["ANN@client.example"]],
    ["dots and apostrophes in a name", "Dr. Ann O'Hara <ann@client.example>", ann],
    ["a quoted name", '"Example, Ann <x@y>; @:" <ann@client.example>', ann],
    ["a quoted name with quotes", String.raw`"Ann \"the\\ Ann\" E." <ann@client.example>`, ann],
    ["an encoded name", "=?utf-8?Q?Zo=C3=AB_Gr=C3=BCn?= <ann@client.example>", ann],
    [
      "an encoded name in pieces",
      "=?utf-8?B?Wm8=?=\r\n =?utf-8?B?w6s=?= <ann@client.example>",
      ann,
    ],
    ["a name in UTF-8", "Zoë 山田 <ann@client.example>", ann],
    ["a name in some other charset", "Gr\ufffdn <ann@client.example>", ann],
    ["an odd blank in a name", "Ann\u00a0Example\u3000 <ann@client.example>", ann],
    ["a comment for a name", "ann@client.example (Ann, (the) one \\) <x@y>)", ann],
    ["comments everywhere", "(a)Ann(b)<(c)ann(d)@(e)client.example(f)>(g)", ann],
    ["folding", "Ann\r\n Example\r\n\t<ann@client.example>\r\n", ann],
    ["folding in a quoted name", '"Ann\r\n Example" <ann@client.example>', ann],
    ["several", "ann@client.example, Bob <bob@client.example>", both],
    ["empty places", ",ann@client.example,,\r\n bob@client.example,", both],
    ["a group", "All of us: ann@client.example, Bob <bob@client.example>;", both],
    ["a group and another", "Us: ann@client.example;, bob@client.example", both],
    ["an empty group", "undisclosed:;", []],
    ["nothing", " \r\n", []],
    ["a quoted local part", '"ann b"@client.example', ['"ann b"@client.example']],
    ["an address literal", "ann@[192.0.2.1]", ["ann@[192.0.2.1]"]],
    ["an address in UTF-8", "Zoë <zoë@grün.example>", ["zoë@xn--grn-ioa.example"]],
    ["a plus address", "ann+list@client.example", ["ann+list@client.example"]],
    ["an address as its own name", "ann@client.example <ann@client.example>", [...ann, ...ann]],
    ["another address as a name", "bob@client.example <ann@client.example>", [both[1]!, both[0]!]],
  ];

const unreadable: readonly (readonly [what: string, value: string, problem: string])[] = [
  ["a name without quotes around its comma", "Scanner, 2nd floor <a@b.example>", "Scanner"],
  ["an @ in a name", "Scan @ first floor <a@b.example>", "Scan @ first floor"],
  ["no domain", "Ann <ann>", "ann"],
  ["nobody", "<>", "<>"],
  ["a bare word", "MAILER-DAEMON", "MAILER-DAEMON"],
  ["an encoded address", "=?utf-8?Q?ann=40b.example?=", "=?utf-8?Q?ann=40b.example?="],
  ["a route", "<@c.example:a@b.example>", "@ c.example : a @ b.example"],
  ["two addresses in brackets", "<a@b.example, c@d.example>", "a @ b.example , c @ d.example"],
  ["an address in two", "a <b@c.example> <d@e.example>", "<"],
  ["words behind the address", "<b@c.example> d@e.example", "d"],
  ["blanks inside the local part", "a b@c.example", "a b @ c.example"],
  ["two @", "a@b@c.example", "a @ b @ c.example"],
  ["a bracket without an end", "Ann <a@b.example", "<a @ b.example"],
  ["a bracket without a beginning", "a@b.example>", ">"],
  ["a quote without an end", 'Ann "a@b.example', '"a@b.example'],
  ["a comment without an end", "a@b.example (Ann", "(Ann"],
  ["a group without an end", "Us: a@b.example", "a group without an end"],
  ["a group in a group", "Us: We: a@b.example;;", "We:"],
  ["a group's end alone", "a@b.example; c@d.example", "a @ b.example;"],
  ["a group named like an address", "a@b.example: c@d.example;", "a @ b.example:"],
  ["NUL", "a@b.example\0.evil.example", "\0.evil.example"],
  ["a CR", "a@b.example\rc@d.example", "\rc@d.example"],
  ["a backslash", "a\\b@c.example", "\\b@c.example"],
];

describe("a list of mailboxes", () => {
  for (const [what, value, addresses] of readable) {
    test(`reads ${what}`, () => assert.deepEqual(read(value), addresses));
  }

  for (const [what, value, problem] of unreadable) {
    test(`does not guess at ${what}`, () => assert.equal(read(value), `? ${problem}`));
  }

  test("finds every address between names of any kind", () => {
    const address = fc.constantFrom("a@b.example", '"x, y"@b.example', "z+1@[192.0.2.1]");
    const name = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => {
      const printable = text.replaceAll(/\p{Cc}/gu, "");
      return `"${printable.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    });
    const comment = fc.constantFrom("", "(c)", "(a (b, <d@e>) c)", "\r\n ", " \t ");
    const mailbox = fc
      .tuple(name, comment, address, comment)
      .map(([phrase, before, spec, after]) => ({
        spec,
        text: `${phrase}${before}<${spec}>${after}`,
      }));
    fc.assert(
      fc.property(fc.array(mailbox, { maxLength: 5 }), (mailboxes) => {
        assert.deepEqual(
          read(mailboxes.map(({ text }) => text).join(",")),
          mailboxes.map(({ spec }) => spec),
        );
      }),
    );
  });

  test("takes its time in proportion, whatever it is given", () => {
    for (const piece of ["(", '"', "<", "a,", "\\", "(\\", "@", "a:", ";", "\r\n ", "=?", "["]) {
      const started = performance.now();
      parseMailboxList(piece.repeat(50_000));
      parseMailboxList(`"${piece.repeat(50_000)}`);
      assert.ok(performance.now() - started < 10_000, piece);
    }
  });
});
