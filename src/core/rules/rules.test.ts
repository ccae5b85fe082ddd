// The rules language, line by line: what it says, for whom, and what its writer is told.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatProblem } from "../config/problem.ts";
import { formatIp, parseIp } from "../mail/ip.ts";
import { finish } from "../work.ts";
import { verdictOf } from "./address-rules.ts";
import { addressSpace, listRules } from "./enumerate.ts";
import type { ReadRules } from "./builder.ts";
import { readRulesText } from "./text.ts";

function read(...lines: readonly string[]): ReadRules {
  const result = finish(readRulesText(lines.join("\n"), "t"));
  assert.ok(result.ok, result.ok ? "" : result.problem.map(formatProblem).join("\n"));
  return result.value;
}

/** What the rules say of a client, in one word or two. */
function say({ rules }: ReadRules, address: string, name?: string): string {
  const client = parseIp(address);
  assert.ok(client, address);
  const verdict = verdictOf(rules.find(client, name));
  if (verdict.access === "deny") {
    return `deny${verdict.temporary ? " for now" : ""}${verdict.text === undefined ? "" : ` ${verdict.text}`}`;
  }
  return [
    verdict.relay ? "relay" : "allow",
    ...(verdict.skipsBlocklists ? ["skip"] : []),
    ...(verdict.maxSize === undefined ? [] : [verdict.maxSize]),
  ].join(" ");
}

function lineOf({ rules }: ReadRules, address: string, name?: string): number | undefined {
  const client = parseIp(address);
  return client && rules.find(client, name)?.place.line;
}

function needs({ rules }: ReadRules, address: string): boolean | undefined {
  const client = parseIp(address);
  return client && rules.needsName(client);
}

suite("the order of look-up", () => {
  const rules = read(
    "192.0.2.1:allow",
    "=mail.example.net:allow",
    "192.0.2.:allow",
    "192.0.:allow",
    "192.:allow",
    "=.example.net:allow",
    "=.net:allow",
    "=:allow",
    ":deny",
  );
  const cases: readonly (readonly [string, string | undefined, number])[] = [
    ["192.0.2.1", "mail.example.net", 1],
    ["192.0.2.2", "mail.example.net", 2],
    ["192.0.2.2", "www.example.net", 3],
    ["192.0.3.2", "www.example.net", 4],
    ["192.1.2.1", undefined, 5],
    ["10.0.0.1", "www.example.net", 6],
    ["10.0.0.1", "a.b.example.net", 6],
    ["10.0.0.1", "example.net", 7],
    ["10.0.0.1", "example.org", 8],
    ["10.0.0.1", undefined, 9],
    ["2001:db8::1", undefined, 9],
  ];
  for (const [address, name, line] of cases) {
    test(`${address} ${name ?? "without a name"}: line ${line}`, () => {
      assert.equal(lineOf(rules, address, name), line);
    });
  }

  test("no rule: let in, and nothing is set", () => {
    assert.equal(say(read("192.0.2.1:deny"), "192.0.2.2"), "allow");
    assert.equal(say(read(), "192.0.2.2"), "allow");
  });

  test("of two rules for one client the first counts", () => {
    const twice = read("10.1.:deny", "10.1.:allow");
    assert.equal(say(twice, "10.1.0.1"), "deny");
  });

  test("nothing is added from a wider rule", () => {
    const two = read("10.1.:allow", '10.:allow,RELAYCLIENT="",DATABYTES="9"');
    assert.equal(say(two, "10.1.0.1"), "allow");
    assert.equal(say(two, "10.2.0.1"), "relay 9");
  });

  test("a name is asked for only where a rule with a name could decide", () => {
    assert.equal(needs(rules, "192.0.2.1"), false);
    assert.equal(needs(rules, "192.0.2.2"), true); // =host comes before networks
    const suffix = read("192.0.2.:allow", "=.example.net:deny", ":allow");
    assert.equal(needs(suffix, "192.0.2.2"), false);
    assert.equal(needs(suffix, "192.0.3.2"), true);
    assert.equal(needs(read("192.0.2.:allow", ":deny"), "10.0.0.1"), false);
  });
});

suite("addresses", () => {
  const cases: readonly (readonly [address: string, inside: string, outside: string])[] = [
    ["192.0.2.7", "192.0.2.7", "192.0.2.8"],
    ["192.0.2.", "192.0.2.255", "192.0.3.0"],
    ["10.", "10.255.0.1", "11.0.0.1"],
    ["1.2.3.37-53", "1.2.3.53", "1.2.3.54"],
    ["1.2.3.250-999", "1.2.3.255", "1.2.3.249"],
    ["10.2-3.", "10.3.9.9", "10.4.0.0"],
    ["10.2-3.4.5", "10.3.4.5", "10.3.4.6"],
    ["2-3.", "3.1.1.1", "4.0.0.0"],
    ["127./8", "127.9.9.9", "128.0.0.1"],
    ["10.1.64./18", "10.1.127.255", "10.1.128.0"],
    ["10.1.2.64./26", "10.1.2.127", "10.1.2.128"],
    ["2001:db8::/48", "2001:db8:0:1::", "2001:db8:1::"],
    ["2001:db8::5/48", "2001:db8:0:1::", "2001:db8:1::"],
    ["2001:DB8::1", "2001:db8::1", "2001:db8::2"],
    ["2001:db8:", "2001:db8:ffff::1", "2001:db9::"],
    ["2001:db8::", "2001:db8::1", "2001:db8:0:1::"],
    ["2001:0:", "2001::1", "2001:1::"],
    ["::1", "::1", "::2"],
    ["::/1", "7fff::", "8000::"],
  ];
  for (const [address, inside, outside] of cases) {
    test(`${address} holds ${inside} and not ${outside}`, () => {
      const { rules, warnings } = read(`${address}:deny`, ":allow");
      assert.deepEqual(warnings.map(formatProblem), []);
      assert.equal(say({ rules, warnings }, inside), "deny");
      assert.equal(say({ rules, warnings }, outside), "allow");
    });
  }

  test("an IPv4 client is in no IPv6 network", () => {
    assert.equal(say(read("::/1:deny"), "::ffff:10.0.0.1"), "allow");
  });
});

suite("instructions", () => {
  const cases: readonly (readonly [instruction: string, verdict: string])[] = [
    ["allow", "allow"],
    ["deny", "deny"],
    ['deny,RELAYCLIENT="",RBLSMTPD="x"', "deny"],
    ['allow,RELAYCLIENT=""', "relay"],
    ["allow,RELAYCLIENT=xx", "relay"],
    ["allow,RELAYCLIENT=::,DATABYTES=,5,", "relay 5"],
    ['allow,RBLSMTPD=""', "allow skip"],
    ['allow,RBLSMTPD="Go, away: now"', "deny for now Go, away: now"],
    ['allow,RBLSMTPD="-Go away"', "deny Go away"],
    ['allow,RBLSMTPD="-"', "deny"],
    ['allow,RELAYCLIENT="",RBLSMTPD="no"', "deny for now no"],
    ['allow,RBLSMTPD="no",RBLSMTPD=""', "allow skip"],
    [`allow,RBLSMTPD="-${"x".repeat(500)}"`, `deny ${"x".repeat(200)}`],
    ['allow,DATABYTES="0"', "allow"],
    ['allow,DATABYTES="1000000"', "allow 1000000"],
  ];
  for (const [instruction, verdict] of cases) {
    test(instruction.slice(0, 60), () => {
      assert.equal(say(read(`10.:${instruction}`), "10.0.0.1"), verdict);
    });
  }

  test("comments, empty lines and blanks at the end", () => {
    const rules = read("# 10.:deny", "", " \t", "10.1.:deny \t ", "#");
    assert.deepEqual(rules.warnings, []);
    assert.equal(say(rules, "10.1.0.1"), "deny");
    assert.equal(say(rules, "10.0.0.1"), "allow");
  });
});

suite("what the writer is told", () => {
  const warnings: readonly (readonly [lines: readonly string[], said: string | RegExp])[] = [
    [["10.1.2.3"], "t:1:1: there is no colon, so this line does nothing"],
    [
      ["10.1.2.3: allow"],
      "t:1:10: take the blank before the instruction out; with it, this line does nothing",
    ],
    [["10.1.2.3 :allow"], "t:1:1: no client is meant: there is a blank in the address"],
    [["1.2.3.0/24:allow"], /^t:1:1: tcpserver never matches this form.*; write 1\.2\.3\.$/],
    [["10.0.64.0/18:allow"], /write 10\.0\.64\.\/18$/],
    [["10.0.0.1/32:allow"], /write 10\.0\.0\.1$/],
    [["0.0.0.0/0:allow"], /write nothing before the colon/],
    [["1.2.3:allow"], /^t:1:1: no client is meant: .* write 1\.2\.3\.$/],
    [["1.2.3.004:allow"], /^t:1:1: no client is meant: .*leading zeros$/],
    [["1.2.3.400:allow"], /^t:1:1: no client is meant/],
    [["mail.example.net:allow"], /write =mail\.example\.net$/],
    [["=Mail.example.net:allow"], /write =mail\.example\.net$/],
    [["joe@10.0.0.1:allow"], /^t:1:1: this rule never holds: .*ident/],
    [["::ffff:10.0.0.1:allow"], /^t:1:1: no client is meant: .*IPv4/],
    [["fe80::1%eth0:allow"], /^t:1:1: no client is meant/],
    [["[::1]:allow"], /^t:1:1: no client is meant/],
    [["::/0:allow"], /^t:1:1: no client is meant/],
    [["10.9-3.:allow"], "t:1:1: the range is empty, so no client is meant"],
    [["10.:allow", "#", "10.:deny"], /^t:3:1: line 1 has a rule for the same clients/],
    [["10.0-9.:allow", "10.3.:deny"], /^t:2:1: line 1 has a rule for the same clients/],
    [[":allow", ":deny"], /^t:2:1: line 1 has a rule for the same clients/],
    [["=a.example:allow", "=a.example:deny"], /^t:2:1: line 1 has a rule/],
    [['10.:allow,RELAYCLIENT="@fix.me"'], /^t:1:11: RELAYCLIENT .* never appended/],
    [['10.:allow,QMAILQUEUE="x",B="y"'], /^t:1:11: the variable `QMAILQUEUE` means nothing here/],
    [['10.:allow, RELAYCLIENT=""'], /^t:1:11: the variable ` RELAYCLIENT` means nothing/],
    [['10.:allow,DATABYTES="10MB"'], /^t:1:11: DATABYTES is a number of octets/],
    [
      ["10.:allow", ':allow,DATABYTES="9",RBLSMTPD=""'],
      /^t:1:1: the default rule on line 2 sets DATABYTES and RBLSMTPD, which does not hold here/,
    ],
  ];
  for (const [lines, said] of warnings) {
    test(lines.join(" / "), () => {
      const [first = ""] = read(...lines).warnings.map(formatProblem);
      if (typeof said === "string") assert.equal(first, said);
      else assert.match(first, said);
    });
  }

  const faults: readonly (readonly [lines: readonly string[], said: string | RegExp])[] = [
    [["", "10.:alow"], /^t:2:5: the instruction is `allow` or `deny`/],
    [["10.:"], /^t:1:5: nothing stands behind the colon/],
    [["10.:Allow"], /^t:1:5: the instruction is/],
    [["10.:allowed"], /^t:1:10: only a comma and a variable/],
    [["10.:allow\r"], /^t:1:10: the line ends in CR LF/],
    [["10.:deny,"], /^t:1:10: a comma is followed by a variable/],
    [["10.:allow,A"], /^t:1:11: a comma is followed by a variable/],
    [["10.:allow,A="], /^t:1:12: a comma is followed by a variable/],
    [['10.:allow,A="b'], /^t:1:13: the value that " begins has no end/],
    [["10.a-3.:allow"], /^t:1:1: a range is two numbers/],
    [["10.1\0:allow"], /^t:1:5: this is not text/],
  ];
  for (const [lines, said] of faults) {
    test(`${JSON.stringify(lines.join(" / "))} makes the file void`, () => {
      const result = finish(readRulesText(lines.join("\n"), "t"));
      const [first = ""] = result.ok ? [] : result.problem.map(formatProblem);
      assert.match(first, said instanceof RegExp ? said : new RegExp(said));
    });
  }

  test("is bounded", () => {
    const { warnings: told } = read(...Array.from({ length: 5000 }, () => "no colon here"));
    assert.equal(told.length, 101);
    assert.equal(formatProblem(told[100]!), "t: and 4,900 more such lines");
  });

  test("ranges cannot fill the memory", () => {
    const lines = Array.from({ length: 10_000 }, () => "10.0.0.0-255:allow");
    const result = finish(readRulesText(lines.join("\n"), "t"));
    assert.match(result.ok ? "" : formatProblem(result.problem[0]!), /^t:7813:1: .*too many$/);
  });
});

suite("all rules, for those who prove something about them", () => {
  const { rules } = read(
    ":deny",
    '10.1.2-3.:allow,RELAYCLIENT=""',
    "=.example.net:allow",
    "10.1.2.3:deny",
    "10.1.2.3:allow",
    "10.:allow",
    "=mx.example.net:allow",
    "=:allow",
    "2001:db8::/32:allow",
    "1.2.3.0/24:deny",
  );

  test("in the order of look-up", () => {
    const listed = [...listRules(rules)].map(
      ({ rule, pattern }) => `${rule.place.line} ${pattern.kind}`,
    );
    assert.deepEqual(listed, [
      "4 address",
      "7 host",
      "9 network",
      "2 network",
      "2 network",
      "6 network",
      "3 suffix",
      "8 any-host",
      "1 default",
    ]);
  });

  test("with the address space that each decides about", () => {
    const space = [...addressSpace(rules)].map(
      ({ first, last, value }) => `${formatIp(first)} ${formatIp(last)} ${value?.place.line}`,
    );
    assert.deepEqual(space, [
      "0.0.0.0 9.255.255.255 1",
      "10.0.0.0 10.1.1.255 6",
      "10.1.2.0 10.1.2.2 2",
      "10.1.2.3 10.1.2.3 4",
      "10.1.2.4 10.1.2.255 2",
      "10.1.3.0 10.1.3.255 2",
      "10.1.4.0 10.255.255.255 6",
      "11.0.0.0 255.255.255.255 1",
      ":: 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 1",
      "2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 9",
      "2001:db9:: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 1",
    ]);
  });
});
