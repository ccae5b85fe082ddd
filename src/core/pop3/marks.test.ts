import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isMarked, mark, markedIndexes, noMarks } from "./marks.ts";

const index = fc.oneof(fc.nat(70), fc.nat(5_000), fc.nat(2_000_000));

test("marks are a set of indexes, in their order", () => {
  fc.assert(
    fc.property(fc.array(index), index, (indexes, other) => {
      const marks = indexes.reduce(mark, noMarks);
      const set = new Set(indexes);
      assert.equal(marks.count, set.size);
      assert.equal(isMarked(marks, other), set.has(other));
      assert.deepEqual(
        markedIndexes(marks),
        [...set].toSorted((one, two) => one - two),
      );
    }),
  );
});

test("a mark more leaves those before as they were", () => {
  const one = mark(noMarks, 7);
  const two = mark(one, 8);
  assert.deepEqual(markedIndexes(one), [7]);
  assert.deepEqual(markedIndexes(two), [7, 8]);
  assert.equal(mark(two, 8), two);
});
