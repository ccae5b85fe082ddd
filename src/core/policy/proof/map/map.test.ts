import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { parsePrefix, type Prefix } from "../../../mail/ip.ts";
import { ipFromNumber, prefixBounds } from "../../../mail/ip-number.ts";
import type { Admission } from "../admitted.ts";
import { minus, spaceOf } from "../space.ts";
import { drawMap } from "./draw.ts";
import { mapSide, pointOf, rectangleOf } from "./hilbert.ts";

const anyPrefix: fc.Arbitrary<Prefix> = fc
  .tuple(fc.nat(2 ** 32 - 1), fc.nat(32))
  .map(([value, length]) => {
    const shift = BigInt(32 - length);
    return { address: ipFromNumber((BigInt(value) >> shift) << shift, 4), length };
  });

describe("the curve", () => {
  test("goes from address to address by single steps", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 2), (number) => {
        const [here, next] = [pointOf(number), pointOf(number + 1)];
        assert.equal(Math.abs(here.x - next.x) + Math.abs(here.y - next.y), 1);
      }),
      { numRuns: 2000 },
    );
  });

  test("begins and ends in the corners at the top", () => {
    assert.deepEqual(pointOf(0), { x: 0, y: 0 });
    assert.deepEqual(pointOf(2 ** 32 - 1), { x: mapSide - 1, y: 0 });
  });

  test("gives each prefix a rectangle that holds its addresses and no others", () => {
    fc.assert(
      fc.property(anyPrefix, fc.nat(2 ** 32 - 1), (prefix, other) => {
        const { first, last } = prefixBounds(prefix);
        const { x, y, width, height } = rectangleOf(prefix);
        assert.equal(width * height, 2 ** (32 - prefix.length));
        for (const number of [Number(first), Number(last), other]) {
          const point = pointOf(number);
          const inside =
            point.x >= x && point.x < x + width && point.y >= y && point.y < y + height;
          assert.equal(inside, BigInt(number) >= first && BigInt(number) <= last);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function admission(line: number, file: string, ...texts: readonly string[]): Admission {
  const place = { file, line, column: 1 };
  const space = spaceOf(texts.map((text) => parsePrefix(text) ?? assert.fail(text)));
  return { role: "mx", reason: "trusted-network", place, space };
}

describe("the map", () => {
  test("draws each line in its colour, and names it", () => {
    const map = drawMap([
      admission(3, "b.yaml", "192.0.2.0/24"),
      admission(4, "b.yaml", "10.0.0.0/8"),
      admission(5, "b.yaml", "2001:db8::/32"),
    ]);
    assert.match(map, /<path class="c0" d="M192 192h64v64h-64z"\/>/);
    assert.match(map, /<path class="c1 mark" d="M1017 508h7v7h-7z"\/>/);
    assert.match(map, />b\.yaml:4 \(mx\): 10\.0\.0\.0\/8, 16,777,216 addresses</);
    assert.match(map, />b\.yaml:3 \(mx\): 192\.0\.2\.0\/24, 256 addresses</);
    assert.doesNotMatch(map, /b\.yaml:5/);
    assert.match(map, /prefers-color-scheme:dark/);
  });

  test("says so where nobody may relay", () => {
    assert.match(drawMap([]), /Nobody, by IPv4 address/);
  });

  test("is well formed, whatever the file is called", () => {
    const map = drawMap([admission(1, `<b>&"']]>\u0007${"x".repeat(500)}`, "10.0.0.0/8")]);
    assert.ok(!map.includes("\u0007") && !map.includes("<b>"));
    assert.doesNotMatch(map, /&(?!(amp|lt|gt);)/);
  });

  test("tells seven lines apart, and counts the others", () => {
    const lines = Array.from({ length: 20 }, (_, index) =>
      admission(index, "tcp.smtp", `10.${index}.0.0/24`),
    );
    const map = drawMap(lines);
    assert.match(map, />14 lines more, 3,584 addresses</);
    assert.doesNotMatch(map, /class="c7/);
  });

  test("has a bounded size, whatever is admitted", () => {
    // All but one address in every /12: many thousand prefixes.
    const holes = Array.from({ length: 4096 }, (_, index) => ({
      address: ipFromNumber(BigInt(index * 2 ** 20 + 4711), 4),
      length: 32,
    }));
    const all = spaceOf([parsePrefix("0.0.0.0/0") ?? assert.fail()]);
    const space = minus(all, spaceOf(holes));
    const map = drawMap([{ role: "mx", reason: "access-rule", space }]);
    assert.ok(map.length < 4_000_000, `${map.length}`);
  });
});
