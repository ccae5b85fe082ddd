import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { listsHost, parseStsPolicy, policyLines, type StsPolicy } from "./policy.ts";

const good = "version: STSv1\nmode: enforce\nmx: mx.example\nmax_age: 86400\n";

function parsed(text: string): StsPolicy {
  const result = parseStsPolicy(text);
  return result.ok ? result.value : assert.fail(result.problem);
}

describe("policies that are good", () => {
  test("the RFC's example (§3.2)", () => {
    const text =
      "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n" +
      "mx: backupmx.example.com\r\nmax_age: 604800\r\n";
    assert.deepEqual(parsed(text), {
      mode: "enforce",
      mx: ["mail.example.com", "*.example.net", "backupmx.example.com"],
      maxAge: 604_800,
    });
  });

  const cases: Readonly<Record<string, readonly [string, Partial<StsPolicy>]>> = {
    "no end of the last line": [good.trimEnd(), { maxAge: 86_400 }],
    "no space behind the colon": [good.replaceAll(": ", ":"), { mode: "enforce" }],
    "space at the ends of lines": [good.replaceAll("\n", " \t\n"), { mx: ["mx.example"] }],
    "empty lines": [good.replaceAll("\n", "\n\n"), { mx: ["mx.example"] }],
    "keys that nobody knows": [`${good}x-more: what: ever ü\n`, { mode: "enforce" }],
    "the first of two counts": [`${good}mode: none\nmax_age: 1\n`, { mode: "enforce" }],
    "names in capitals": [good.replace("mx.ex", "MX.Ex"), { mx: ["mx.example"] }],
    "a name twice": [`${good}mx: mx.example\n`, { mx: ["mx.example"] }],
    "a name beyond ASCII": [
      `${good}mx: *.bücher.example\n`,
      { mx: ["mx.example", "*.xn--bcher-kva.example"] },
    ],
    "none, without mx": [
      "version: STSv1\nmode: none\nmax_age: 0",
      { mode: "none", mx: [], maxAge: 0 },
    ],
    "more than a year is a year": [good.replace("86400", "9999999999"), { maxAge: 31_557_600 }],
  };
  for (const [what, [text, expected]] of Object.entries(cases)) {
    test(what, () => {
      const policy = parsed(text);
      assert.deepEqual({ ...policy, ...expected }, policy);
    });
  }
});

describe("policies that are not", () => {
  const cases: Readonly<Record<string, readonly [string, RegExp]>> = {
    nothing: ["", /version is missing/],
    "a web page": ["<html><body>Not found</body></html>", /line 1 is no/],
    "another version": [good.replace("STSv1", "STSv2"), /version is "STSv2"/],
    "another mode": [good.replace("enforce", "report"), /mode is "report"/],
    "mode in capitals": [good.replace("enforce", "Enforce"), /mode is "Enforce"/],
    "keys in capitals": [good.replace("mode", "Mode"), /mode is missing/],
    "no mode": [good.replace("mode: enforce\n", ""), /mode is missing/],
    "no max_age": [good.replace(/max_age.*/, ""), /max_age is missing/],
    "max_age below 0": [good.replace("86400", "-1"), /max_age is "-1"/],
    "max_age in hours": [good.replace("86400", "24h"), /max_age is "24h"/],
    "max_age of 11 digits": [good.replace("86400", "00000086400"), /max_age is/],
    "no mx": [good.replace(/mx: .*\n/, ""), /lists no mx/],
    "testing without mx": ["version: STSv1\nmode: testing\nmax_age: 1", /lists no mx/],
    "an empty mx": [`${good}mx:\n`, /line 5 is no/],
    "a wildcard alone": [`${good}mx: *\n`, /mx "\*" is no name/],
    "a wildcard of nothing": [`${good}mx: *.\n`, /mx "\*\." is no name/],
    "a wildcard within": [`${good}mx: a.*.example\n`, /is no name/],
    "half a wildcard": [`${good}mx: a*.example\n`, /is no name/],
    "two wildcards": [`${good}mx: *.*.example\n`, /is no name/],
    "an address": [`${good}mx: [192.0.2.1]\n`, /is no name/],
    "a line that is none": [`${good}and so on\n`, /line 5 is no/],
    "a control character": [`${good}x: \u0000\n`, /line 5 is no/],
    "CR alone": [good.replaceAll("\n", "\r"), /line 1 is no/],
    "too many hosts": [
      good + "".concat(...Array.from({ length: 1_000 }, (_, at) => `mx: h${at}.example\n`)),
      /more than 1000/,
    ],
  };
  for (const [what, [text, problem]] of Object.entries(cases)) {
    test(what, () => {
      const result = parseStsPolicy(text);
      assert.ok(!result.ok);
      assert.match(result.problem, problem);
    });
  }
});

describe("hosts that a policy lists", () => {
  const mx = ["mx.example", "*.wild.example"];
  const hosts: Readonly<Record<string, boolean>> = {
    "mx.example": true,
    "MX.Example.": true,
    "a.wild.example": true,
    "wild.example": false,
    "a.b.wild.example": false,
    ".wild.example": false,
    "*.wild.example": false,
    "a.mx.example": false,
    example: false,
    "xwild.example": false,
    "mx.example.evil": false,
    "[127.0.0.1]": false,
    "": false,
  };
  for (const [host, listed] of Object.entries(hosts)) {
    test(`${host}: ${listed}`, () => assert.equal(listsHost({ mx }, host), listed));
  }

  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?$/);
  const labels = fc.array(label, { minLength: 1, maxLength: 4 });
  test("a wildcard stands for exactly one label", () => {
    fc.assert(
      fc.property(labels, fc.array(label, { maxLength: 3 }), (above, below) => {
        const host = [...below, ...above].join(".");
        assert.equal(listsHost({ mx: [`*.${above.join(".")}`] }, host), below.length === 1);
      }),
    );
  });
});

test("what is written of a policy reads as the policy", () => {
  const host = fc.stringMatching(/^(\*\.)?[a-z][a-z0-9]{0,8}(\.[a-z]{1,5}){0,2}$/);
  const policy: fc.Arbitrary<StsPolicy> = fc.record(
    {
      mode: fc.constantFrom("enforce", "testing", "none"),
      mx: fc.uniqueArray(host, { minLength: 1, maxLength: 5 }),
      maxAge: fc.nat(31_557_600),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(policy, fc.constantFrom("\n", "\r\n"), (written, end) => {
      assert.deepEqual(parsed(policyLines(written).join(end)), written);
    }),
  );
});

test("whatever is read, nothing is thrown", () => {
  const piece = fc.constantFrom(
    "version",
    "mode",
    "mx",
    "max_age",
    ":",
    " ",
    "\n",
    "\r",
    "STSv1",
    "enforce",
    "*.",
    "a.b",
    "1",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join("")),
  );
  fc.assert(fc.property(text, (written) => void parseStsPolicy(written)));
});

test("a line of blanks takes no longer than any other", () => {
  const begun = performance.now();
  parseStsPolicy(`version: STSv1\nkey: a${" ".repeat(65_000)}b\n`);
  // A pattern that tries each blank as the last one takes many seconds.
  assert.ok(performance.now() - begun < 1_000);
});
