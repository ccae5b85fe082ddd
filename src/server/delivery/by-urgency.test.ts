import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createByUrgency } from "./by-urgency.ts";
import { Fifo } from "./fifo.ts";

test("the most urgent come first, and equals as they came", () => {
  const items = fc.array(fc.record({ urgency: fc.integer({ min: -9, max: 9 }), id: fc.nat() }));
  fc.assert(
    fc.property(items, (all) => {
      const waiting = createByUrgency(
        ({ urgency }: (typeof all)[number]) => urgency,
        () => new Fifo(),
      );
      for (const item of all) waiting.push(item);
      assert.equal(waiting.length, all.length);
      const taken = all.map(() => waiting.shift());
      assert.deepEqual(
        taken,
        all.toSorted((one, other) => other.urgency - one.urgency),
      );
      assert.deepEqual([waiting.length, waiting.shift()], [0, undefined]);
    }),
  );
});

test("what is put back is the next of its kind", () => {
  const waiting = createByUrgency(
    (text: string) => text.length,
    () => new Fifo(),
  );
  for (const text of ["a", "bb", "c", "dd"]) waiting.push(text);
  waiting.unshift("e");
  waiting.unshift("ff");
  const taken = Array.from({ length: 6 }, () => waiting.shift());
  assert.deepEqual(taken, ["ff", "bb", "dd", "e", "a", "c"]);
});
