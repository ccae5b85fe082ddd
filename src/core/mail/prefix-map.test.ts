import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import {
  formatIp,
  type IpAddress,
  parseIp,
  parsePrefix,
  type Prefix,
  prefixContains,
} from "./ip.ts";
import { type PrefixEntry, prefixMap } from "./prefix-map.ts";

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address, text);
  return address;
}

function entries(...texts: readonly string[]): PrefixEntry<string>[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    assert.ok(prefix, text);
    return { prefix, value: text };
  });
}

/** Few different octets, so that prefixes nest, touch and repeat. */
const octet = fc.constantFrom(0, 1, 127, 128, 254, 255);
const address: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((octets) => ({ version: 4 as const, octets })),
  fc
    .array(octet, { minLength: 16, maxLength: 16 })
    .map((octets) => ({ version: 6 as const, octets })),
);
const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(address, fc.nat(128))
  .map(([{ version, octets }, wanted]) => {
    const length = wanted % (octets.length * 8 + 1);
    const masked = octets.map((value, index) => {
      const bits = Math.min(8, Math.max(0, length - index * 8));
      return value & (0xff << (8 - bits)) & 0xff;
    });
    return { address: { version, octets: masked }, length };
  });

/** The same by going through the list. */
function search(list: readonly PrefixEntry<number>[], client: IpAddress): number | undefined {
  let best: PrefixEntry<number> | undefined;
  for (const entry of list) {
    if (!prefixContains(entry.prefix, client)) continue;
    if (best === undefined || entry.prefix.length > best.prefix.length) best = entry;
  }
  return best?.value;
}

suite("a prefix map", () => {
  test("finds the longest prefix", () => {
    const map = prefixMap(entries("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "2001:db8::/32"));
    assert.equal(map.find(ip("10.1.2.3")), "10.1.2.3/32");
    assert.equal(map.find(ip("10.1.2.4")), "10.1.0.0/16");
    assert.equal(map.find(ip("10.2.0.0")), "10.0.0.0/8");
    assert.equal(map.lengthAt(ip("10.1.2.4")), 16);
    assert.equal(map.lengthAt(ip("11.0.0.0")), undefined);
    assert.equal(map.find(ip("11.0.0.0")), undefined);
    assert.equal(map.find(ip("9.255.255.255")), undefined);
    assert.equal(map.find(ip("2001:db8:ffff::1")), "2001:db8::/32");
    assert.equal(map.find(ip("2001:db9::")), undefined);
  });

  test("knows the whole space, up to its last address", () => {
    const map = prefixMap(entries("0.0.0.0/0", "255.255.255.255/32", "::/0"));
    assert.equal(map.find(ip("0.0.0.0")), "0.0.0.0/0");
    assert.equal(map.find(ip("255.255.255.254")), "0.0.0.0/0");
    assert.equal(map.find(ip("255.255.255.255")), "255.255.255.255/32");
    assert.equal(map.find(ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), "::/0");
  });

  test("of equal prefixes keeps the first, and tells of the later ones", () => {
    const list = entries("10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/9").map((entry, value) => ({
      ...entry,
      value,
    }));
    const map = prefixMap(list);
    assert.equal(map.find(ip("10.200.0.0")), 0);
    assert.deepEqual([...map.repeated()], [[0, 1]]);
    assert.deepEqual(
      [...map.entries()].map(({ value }) => value),
      [0, 2],
    );
  });

  test("is empty", () => {
    const map = prefixMap([]);
    assert.equal(map.find(ip("10.0.0.1")), undefined);
    assert.equal(map.find(ip("::1")), undefined);
    assert.deepEqual([...map.ranges()], []);
  });

  test("tells which range belongs to which prefix", () => {
    const map = prefixMap(entries("10.0.0.0/8", "10.1.0.0/16", "192.0.2.255/32"));
    const ranges = [...map.ranges()].map(
      ({ first, last, value }) => `${formatIp(first)}-${formatIp(last)} ${value}`,
    );
    assert.deepEqual(ranges, [
      "10.0.0.0-10.0.255.255 10.0.0.0/8",
      "10.1.0.0-10.1.255.255 10.1.0.0/16",
      "10.2.0.0-10.255.255.255 10.0.0.0/8",
      "192.0.2.255-192.0.2.255 192.0.2.255/32",
    ]);
  });

  test("says what a search through the list says", () => {
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 30 }), fc.array(address), (prefixes, clients) => {
        const list = prefixes.map((one, value) => ({ prefix: one, value }));
        const map = prefixMap(list);
        for (const client of [...clients, ...prefixes.map((one) => one.address)]) {
          assert.equal(map.find(client), search(list, client));
        }
        for (const { first, last, value } of map.ranges()) {
          assert.equal(search(list, first), value);
          assert.equal(search(list, last), value);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
