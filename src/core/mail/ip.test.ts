import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  formatIp,
  formatPrefix,
  type IpAddress,
  parseIp,
  parsePrefix,
  prefixContains,
} from "./ip.ts";

const octets = (count: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.oneof(fc.nat(255), fc.constant(0)), { minLength: count, maxLength: count });
const anyIpv4 = octets(4).map((each): IpAddress => ({ version: 4, octets: each }));
const anyIpv6 = octets(16)
  .map((each): IpAddress => ({ version: 6, octets: each }))
  .filter(
    ({ octets: [...each] }) =>
      !(each.slice(0, 10).every((octet) => octet === 0) && each[10] === 255 && each[11] === 255),
  );
const anyIp = fc.oneof(anyIpv4, anyIpv6);

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address, `no address: ${text}`);
  return address;
}

function toNumber({ octets: each }: IpAddress): bigint {
  return each.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function bits({ octets: each }: IpAddress): number {
  return each.length * 8;
}

describe("IP addresses", () => {
  test("are read as they were written", () => {
    fc.assert(
      fc.property(anyIp, (address) => assert.deepEqual(parseIp(formatIp(address)), address)),
      { numRuns: 1000 },
    );
  });

  test("are the same in every way to write them", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        assert.equal(formatIp(ip(text)), formatIp(ip(text.toUpperCase())));
        assert.equal(formatIp(ip(text)), formatIp(ip(formatIp(ip(text)))));
      }),
    );
  });

  test("are those that the platform takes too", () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."0123456789abcf::::....".split("")), maxLength: 20 }),
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended(),
    );
    fc.assert(
      fc.property(text, (each) => {
        assert.equal(parseIp(each) !== undefined, isIPv4(each) || isIPv6(each), each);
      }),
      { numRuns: 3000 },
    );
  });

  test("are written as RFC 5952 says", () => {
    const forms = [
      ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
      ["2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["1:0:0:0:0:0:0:0", "1::"],
      ["0:0:0:0:0:0:0:1", "::1"],
    ] as const;
    for (const [text, canonical] of forms) assert.equal(formatIp(ip(text)), canonical);
  });

  test("seen through IPv6 are IPv4", () => {
    assert.deepEqual(ip("::ffff:192.0.2.1"), ip("192.0.2.1"));
    assert.deepEqual(ip("::FFFF:c000:0201"), ip("192.0.2.1"));
    assert.equal(ip("::fffe:192.0.2.1").version, 6);
    assert.equal(ip("::ff:192.0.2.1").version, 6);
    assert.equal(ip("::192.0.2.1").version, 6);
  });

  test("with leading zeros, zones or ports are none", () => {
    for (const text of [
      "192.0.2.01",
      "0x7f.1",
      "127.1",
      "fe80::1%eth0",
      "192.0.2.1:25",
      "[::1]",
      " ::1",
    ]) {
      assert.equal(parseIp(text), undefined, text);
    }
  });
});

describe("prefixes", () => {
  test("contain what agrees in their first bits", () => {
    const near = fc.tuple(anyIp, fc.nat(128), fc.nat(127)).map(([address, length, flip]) => ({
      address,
      length: Math.min(length, bits(address)),
      flip: flip % bits(address),
    }));
    fc.assert(
      fc.property(near, anyIp, ({ address, length, flip }, other) => {
        const flipped = address.octets.map((octet, index) =>
          index === flip >> 3 ? octet ^ (0x80 >> (flip & 7)) : octet,
        );
        for (const candidate of [address, { ...address, octets: flipped }, other]) {
          const shift = BigInt(bits(address) - length);
          const expected =
            candidate.version === address.version &&
            toNumber(candidate) >> shift === toNumber(address) >> shift;
          assert.equal(prefixContains({ address, length }, candidate), expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("are read as they were written, and refused where bits behind the length are set", () => {
    fc.assert(
      fc.property(anyIp, fc.nat(128), (address, length) => {
        const prefix = parsePrefix(`${formatIp(address)}/${length}`);
        const sound =
          length <= bits(address) &&
          toNumber(address) % 2n ** BigInt(bits(address) - length) === 0n;
        assert.deepEqual(prefix, sound ? { address, length } : undefined);
        if (prefix !== undefined) assert.deepEqual(parsePrefix(formatPrefix(prefix)), prefix);
      }),
      { numRuns: 1000 },
    );
  });

  test("of a single address count all its bits", () => {
    assert.equal(parsePrefix("192.0.2.7")?.length, 32);
    assert.equal(parsePrefix("2001:db8::7")?.length, 128);
  });

  test("that are none", () => {
    for (const text of [
      "",
      "/",
      "192.0.2.0/",
      "192.0.2.0/33",
      "192.0.2.0/024",
      "192.0.2.0/24/24",
      "192.0.2/24",
      "::/129",
      "192.0.2.7/24",
    ]) {
      assert.equal(parsePrefix(text), undefined, text);
    }
  });
});
