import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { parseIp, parsePrefix, type Prefix, prefixContains } from "../../mail/ip.ts";
import { ipFromNumber, ipToNumber } from "../../mail/ip-number.ts";
import { contains, countOf, formatSpace, minus, prefixesOf, rangesOf, spaceOf } from "./space.ts";

function space(...texts: readonly string[]) {
  return spaceOf(texts.map((text) => parsePrefix(text)!));
}

describe("address space", () => {
  test("numbers its addresses", () => {
    assert.equal(ipToNumber(parseIp("1.2.3.4")!), 0x01020304n);
    assert.equal(ipToNumber(parseIp("255.255.255.255")!), 2n ** 32n - 1n);
    assert.equal(ipToNumber(parseIp("2001:db8::1")!), (0x20010db8n << 96n) + 1n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
        assert.equal(ipToNumber(ipFromNumber(value, 6)), value);
        assert.equal(ipToNumber(ipFromNumber(value >> 96n, 4)), value >> 96n);
      }),
    );
  });

  test("is written as the fewest prefixes", () => {
    assert.deepEqual(formatSpace(space("0.0.0.0/1", "128.0.0.0/1")), ["0.0.0.0/0"]);
    assert.deepEqual(formatSpace(space("10.0.0.1", "10.0.0.2", "::/1")), [
      "10.0.0.1/32",
      "10.0.0.2/32",
      "::/1",
    ]);
    assert.deepEqual(formatSpace(minus(space("0.0.0.0/0"), space("10.0.0.0/8"))), [
      "0.0.0.0/5",
      "8.0.0.0/7",
      "11.0.0.0/8",
      "12.0.0.0/6",
      "16.0.0.0/4",
      "32.0.0.0/3",
      "64.0.0.0/2",
      "128.0.0.0/1",
    ]);
  });

  test("is all of its prefixes, and none of them could be wider", () => {
    const anyRange = fc
      .tuple(fc.nat(300), fc.nat(300))
      .map(([first, more]) => ({ first: BigInt(first), last: BigInt(first + more) }));
    fc.assert(
      fc.property(
        fc.array(anyRange, { maxLength: 4 }),
        fc.constantFrom<4 | 6>(4, 6),
        (ranges, version) => {
          const whole = rangesOf(version, ranges);
          const prefixes = prefixesOf(whole);
          assert.deepEqual(spaceOf(prefixes), whole);
          for (const prefix of prefixes) {
            const parent: Prefix = spaceParent(prefix);
            const grown = spaceOf([parent]);
            assert.ok(countOf(minus(grown, whole), prefix.address.version) > 0n);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("knows its members", () => {
    const prefixes = ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"].map((each) =>
      parsePrefix(each)!,
    );
    const whole = spaceOf(prefixes);
    for (const text of ["9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", "2001:db9::"]) {
      const address = parseIp(text)!;
      const expected = prefixes.some((prefix) => prefixContains(prefix, address));
      assert.equal(contains(whole, address), expected, text);
    }
  });
});

/** The prefix that is twice as wide. */
function spaceParent({ address, length }: Prefix): Prefix {
  const bits = address.version === 4 ? 32 : 128;
  const wider = length - 1;
  const shift = BigInt(bits - wider);
  const value = (ipToNumber(address) >> shift) << shift;
  return { address: ipFromNumber(value, address.version), length: wider };
}
