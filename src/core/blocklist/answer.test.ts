import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { readAnswer } from "./answer.ts";
import { type CodeRange, readCodeRange, usualCodes } from "./codes.ts";

function codes(...texts: readonly string[]): readonly CodeRange[] {
  return texts.map((text) => {
    const range = readCodeRange(text);
    return range.ok ? range.value : assert.fail(range.problem);
  });
}

function said(addresses: readonly string[], ...counting: readonly string[]): string {
  const answer = readAnswer({ kind: "addresses", addresses }, codes(...counting));
  if (answer.kind === "listed") return `listed ${answer.codes.join(" ")}`;
  return answer.kind === "unknown" ? `unknown: ${answer.why}` : answer.kind;
}

suite("answers", () => {
  const cases = [
    [["127.0.0.2"], "listed 127.0.0.2"],
    [["127.0.0.4", "127.0.1.10"], "listed 127.0.0.4 127.0.1.10"],
    [["127.0.0.1"], "not-listed"],
    [["127.255.255.254"], "unknown: it refuses the question (127.255.255.254)"],
    [["127.0.0.2", "127.255.255.252"], "unknown: it refuses the question (127.255.255.252)"],
    [["127.0.0.2", "192.0.2.1"], "unknown: it answers 192.0.2.1, which is no code"],
    [["128.0.0.2"], "unknown: it answers 128.0.0.2, which is no code"],
    [["::1"], "unknown: it answers ::1, which is no code"],
    [[], "unknown: the answer holds no address"],
    [Array.from({ length: 1000 }, () => "127.0.0.2"), "unknown: 1000 addresses in one answer"],
  ] as const;
  for (const [addresses, expected] of cases) {
    test(`${addresses.slice(0, 3).join(", ")}: ${expected}`, () =>
      assert.equal(said(addresses, usualCodes), expected));
  }

  test("only the codes that count list a client", () => {
    const combined = ["127.0.0.4-127.0.0.7", "127.0.0.10"];
    assert.equal(said(["127.0.0.3"], ...combined), "not-listed");
    assert.equal(said(["127.0.0.3", "127.0.0.7"], ...combined), "listed 127.0.0.7");
    assert.equal(said(["127.0.0.10"], ...combined), "listed 127.0.0.10");
    assert.equal(said(["127.0.0.11"], ...combined), "not-listed");
  });

  test("nothing outside 127.0.0.0/8 and no refusal ever lists a client", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const text = octets.join(".");
        const isCode = octets[0] === 127 && !text.startsWith("127.255.255.");
        assert.equal(said(["127.0.0.2", text], usualCodes).startsWith("listed"), isCode);
      }),
    );
  });
});

test("code ranges that are none", () => {
  for (const [text, problem] of [
    ["", /write a code or a range/],
    ["2", /write a code or a range/],
    ["127.0.0.2-127.0.0.3-127.0.0.4", /write a code or a range/],
    ["192.0.2.1", /write a code or a range/],
    ["127.0.0.2-", /write a code or a range/],
    ["::ffff:7f00:2-x", /write a code or a range/],
    ["127.0.0.9-127.0.0.2", /write "127\.0\.0\.2-127\.0\.0\.9"/],
    ["127.255.255.254", /refuses to answer/],
    ["127.0.0.0-127.255.255.255", /refuses to answer/],
  ] as const) {
    const range = readCodeRange(text);
    assert.ok(!range.ok, text);
    assert.match(range.problem, problem);
  }
});
