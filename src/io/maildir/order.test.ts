import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { finish } from "../../core/work.ts";
import { baseOf, secondsOf } from "./message-name.ts";
import { inOrder } from "./order.ts";

test("messages come by time of delivery, then by name, wherever they lie", () => {
  const places = ["cur/20.b:2,S", "new/9.z", "new/100.a", "cur/20.a:2,", "new/odd", "cur/20.B:2,F"];
  const expected = [
    "new/odd",
    "new/9.z",
    "cur/20.B:2,F",
    "cur/20.a:2,",
    "cur/20.b:2,S",
    "new/100.a",
  ];
  assert.deepEqual(finish(inOrder(places)), expected);
});

test("the order is the same whatever order a folder has, beyond one run too", () => {
  const place = fc
    .record({ seconds: fc.nat(50), unique: fc.nat(2000), isNew: fc.boolean() })
    .map(({ seconds, unique, isNew }) =>
      isNew ? `new/${seconds}.${unique}` : `cur/${seconds}.${unique}:2,S`,
    );
  const many = fc.array(place, { minLength: 17_000, maxLength: 25_000, size: "max" });
  fc.assert(
    fc.property(fc.oneof(fc.array(place), many), (places) => {
      const sorted = finish(inOrder(places));
      assert.equal(sorted.length, places.length);
      for (let at = 1; at < sorted.length; at++) {
        const [one, other] = [sorted[at - 1]!, sorted[at]!];
        const [a, b] = [secondsOf(one), secondsOf(other)];
        assert.ok(a < b || (a === b && baseOf(one) <= baseOf(other)), `${one} before ${other}`);
      }
      assert.deepEqual(sorted.toSorted(), places.toSorted());
    }),
    { numRuns: 8 },
  );
});
