import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { parsePrefix } from "../../mail/ip.ts";
import { minus, spaceOf } from "./space.ts";
import { describeSpace, formatCount, formatShare } from "./words.ts";

function space(...texts: readonly string[]) {
  return spaceOf(texts.map((text) => parsePrefix(text)!));
}

suite("address space in words", () => {
  const cases = [
    [space("192.0.2.7"), "192.0.2.7/32 (1 address, less than 0.000001 % of IPv4)"],
    [space("203.0.0.0/12"), "203.0.0.0/12 (1,048,576 addresses, 0.024 % of IPv4)"],
    [
      space("10.0.0.0/8", "192.168.0.0/16"),
      "10.0.0.0/8 and 192.168.0.0/16 (16,842,752 addresses, 0.39 % of IPv4)",
    ],
    [
      minus(space("0.0.0.0/0"), space("10.0.0.0/8")),
      "all IPv4 addresses but 16,777,216 (99.6 % of IPv4)",
    ],
    [
      space("0.0.0.0/0", "::/0"),
      "every IPv4 address (4,294,967,296, 100 % of IPv4) and every IPv6 address (2^128, 100 % of IPv6)",
    ],
    [
      minus(space("10.0.0.0/8"), space("10.1.2.3")),
      "16,777,215 addresses of IPv4 (0.39 % of IPv4)",
    ],
    [minus(space("0.0.0.0/0"), space("10.1.2.3")), "all IPv4 addresses but 1 (99.9 % of IPv4)"],
    [space("2001:db8::/32"), "2001:db8::/32 (2^96 addresses, less than 0.000001 % of IPv6)"],
  ] as const;
  for (const [whole, words] of cases) {
    test(words, () => assert.equal(describeSpace(whole), words));
  }
});

test("counts beyond a thousand billion are powers", () => {
  assert.equal(formatCount(2n ** 80n), "2^80");
  assert.equal(formatCount(2n ** 80n + 1n), "1.2 × 10^24");
});

test("a share is 100 % only for all, and 0 % only for nothing", () => {
  const all = 2n ** 128n;
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: all - 1n }), fc.nat(127), (count, shift) => {
      for (const each of [(count >> BigInt(shift)) + 1n, all - (count >> BigInt(shift)) - 1n]) {
        if (each >= all || each <= 0n) continue;
        const share = formatShare(each, all);
        assert.notEqual(share, "100 %");
        assert.notEqual(share, "0 %");
        assert.match(share, /^(less than )?\d{1,2}(\.\d{1,6})? %$/);
      }
    }),
    { numRuns: 2000 },
  );
});
