import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { formatTlsa, meansOctets, type TlsaRecord, usableRecords } from "./tlsa.ts";

function record(usage: number, selector: number, matching: number, octets?: number): TlsaRecord {
  const length = octets ?? [7, 32, 64][matching] ?? 5;
  return { usage, selector, matching, data: new Uint8Array(length).fill(0xab) };
}

test("a record is written as in a zone file", () => {
  const data = Uint8Array.of(0, 10, 255);
  assert.equal(formatTlsa({ usage: 3, selector: 1, matching: 1, data }), "3 1 1 000AFF");
});

suite("records that can be made use of", () => {
  const good = [
    record(3, 1, 1),
    record(3, 0, 2),
    record(2, 0, 1),
    record(2, 1, 2),
    record(2, 0, 0),
    record(3, 1, 0),
  ];
  for (const each of good) {
    test(`are those such as ${each.usage} ${each.selector} ${each.matching}`, () => {
      assert.deepEqual(usableRecords([each]), [each]);
    });
  }
  const odd: readonly (readonly [string, TlsaRecord])[] = [
    ["PKIX-TA", record(0, 0, 1)],
    ["PKIX-EE", record(1, 1, 1)],
    ["a usage that nobody has defined", record(4, 1, 1)],
    ["the private usage", record(255, 1, 1)],
    ["an unknown selector", record(3, 2, 1)],
    ["an unknown matching type", record(3, 1, 3)],
    ["a digest that is cut", record(3, 1, 1, 31)],
    ["a digest of the other kind's length", record(3, 1, 2, 32)],
    ["no data at all", record(3, 1, 0, 0)],
  ];
  for (const [what, each] of odd) {
    test(`are not those with ${what}`, () => {
      assert.deepEqual(usableRecords([each, record(3, 1, 1)]), [record(3, 1, 1)]);
      assert.deepEqual(usableRecords([each]), []);
    });
  }

  test("with the weaker digest are left out, where the stronger says the same", () => {
    const strong = record(3, 1, 2);
    const others = [record(3, 0, 1), record(2, 1, 1), record(3, 1, 0)];
    assert.deepEqual(usableRecords([record(3, 1, 1), strong, ...others]), [strong, ...others]);
    const cut = record(3, 1, 2, 63);
    assert.deepEqual(usableRecords([record(3, 1, 1), cut]), [record(3, 1, 1)]);
  });

  test("are some of those that are there, and no fewer the second time", () => {
    const octet = fc.integer({ min: 0, max: 4 });
    const data = fc.constantFrom(0, 31, 32, 64).map((length) => new Uint8Array(length));
    const any = fc.record({ usage: octet, selector: octet, matching: octet, data });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (records) => {
        const usable = usableRecords(records);
        assert.ok(usable.every((each) => records.some((other) => other === each)));
        assert.deepEqual(usableRecords(usable), usable);
      }),
    );
  });
});

test("a record means octets, or their digest", () => {
  const octets = Uint8Array.of(1, 2, 3);
  const digests: string[] = [];
  const digest = (algorithm: string) => {
    digests.push(algorithm);
    return new Uint8Array(algorithm === "sha256" ? 32 : 64).fill(0xab);
  };
  assert.ok(meansOctets({ ...record(3, 1, 0), data: octets }, octets, digest));
  assert.ok(!meansOctets({ ...record(3, 1, 0), data: octets.subarray(1) }, octets, digest));
  assert.deepEqual(digests, []);
  assert.ok(meansOctets(record(3, 1, 1), octets, digest));
  assert.ok(meansOctets(record(3, 1, 2), octets, digest));
  assert.deepEqual(digests, ["sha256", "sha512"]);
  assert.ok(!meansOctets({ ...record(3, 1, 1), data: new Uint8Array(32) }, octets, digest));
});
