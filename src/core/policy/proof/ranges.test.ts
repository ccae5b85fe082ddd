import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  includes,
  minus,
  normalize,
  overlap,
  type Range,
  type Ranges,
  size,
  union,
} from "./ranges.ts";

const end = 40;
const anyRange: fc.Arbitrary<Range> = fc
  .tuple(fc.nat(end), fc.nat(12))
  .map(([first, more]) => ({ first: BigInt(first), last: BigInt(Math.min(end, first + more)) }));
const anyRanges = fc.array(anyRange, { maxLength: 6 });
const runs = { numRuns: 2000 };

function members(ranges: readonly Range[]): ReadonlySet<number> {
  return new Set(
    Array.from({ length: end + 1 }, (_, value) => value).filter((value) =>
      ranges.some(({ first, last }) => first <= value && value <= last),
    ),
  );
}

function assertIs(found: Ranges, expected: ReadonlySet<number>): void {
  assert.deepEqual(members(found), expected);
  assert.deepEqual(found, normalize(found), "the form that every set has once");
  assert.equal(size(found), BigInt(expected.size));
}

describe("sets of numbers", () => {
  test("are the same whichever ranges they come from", () => {
    fc.assert(
      fc.property(anyRanges, (ranges) => assertIs(normalize(ranges), members(ranges))),
      runs,
    );
  });

  test("unite, overlap and subtract as sets of single numbers do", () => {
    fc.assert(
      fc.property(anyRanges, anyRanges, (one, other) => {
        const [a, b] = [normalize(one), normalize(other)];
        const [inA, inB] = [members(a), members(b)];
        assertIs(union(a, b), new Set([...inA, ...inB]));
        assertIs(overlap(a, b), new Set([...inA].filter((each) => inB.has(each))));
        assertIs(minus(a, b), new Set([...inA].filter((each) => !inB.has(each))));
      }),
      runs,
    );
  });

  test("know their members", () => {
    fc.assert(
      fc.property(anyRanges, fc.nat(end), (ranges, value) => {
        assert.equal(includes(normalize(ranges), BigInt(value)), members(ranges).has(value));
      }),
      runs,
    );
  });
});
