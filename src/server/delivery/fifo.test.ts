import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Fifo } from "./fifo.ts";

test("it behaves as an array does, whatever is done to it", () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant("push" as const), item: fc.nat() }),
    fc.record({ kind: fc.constant("unshift" as const), item: fc.nat() }),
    fc.record({ kind: fc.constant("shift" as const) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const fifo = new Fifo<number>();
      const oracle: number[] = [];
      for (const step of acts) {
        if (step.kind === "shift") assert.equal(fifo.shift(), oracle.shift());
        else if (step.kind === "push") fifo.push(oracle[oracle.push(step.item) - 1] ?? 0);
        else fifo.unshift(oracle.unshift(step.item) && step.item);
        assert.equal(fifo.length, oracle.length);
      }
    }),
  );
});
