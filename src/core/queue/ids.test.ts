import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { createIdSource, mostNodes, nodeOf } from "./ids.ts";
import { formatMessageId, parseMessageId } from "./message.ts";

const start = Date.UTC(2026, 10, 26);

test("ids ascend whatever the clock does, name their node, and stay within 53 bits", () => {
  const times = fc.array(fc.integer({ min: 0, max: Date.UTC(2300, 0, 1) }), { minLength: 1 });
  const last = fc.integer({ min: 0, max: 2 ** 52 });
  fc.assert(
    fc.property(last, times, fc.nat(mostNodes - 1), (given, clock, node) => {
      let tick = 0;
      const now = () => clock[tick++ % clock.length] ?? 0;
      const next = createIdSource({ last: given, now, node });
      let before = given;
      for (const _ of clock) {
        const id = next();
        assert.ok(id > before);
        assert.ok(Number.isSafeInteger(id));
        assert.equal(nodeOf(id), node);
        assert.equal(parseMessageId(formatMessageId(id)), id);
        before = id;
      }
    }),
  );
});

test("nodes at work in the same millisecond give out different ids", () => {
  const all = Array.from({ length: mostNodes }, (_, node) => {
    const next = createIdSource({ last: 0, now: () => start, node });
    return Array.from({ length: 100 }, next);
  }).flat();
  assert.equal(new Set(all).size, all.length);
});

test("one millisecond has room for 64 ids of a node, more borrow from the next", () => {
  const next = createIdSource({ last: 0, now: () => start, node: 3 });
  const ids = Array.from({ length: 65 }, next);
  const after = createIdSource({ last: 0, now: () => start + 1, node: 3 })();
  assert.ok(ids[63]! < after);
  assert.equal(ids[64], after);
});

test("time has room in 53 bits for centuries", () => {
  const late = createIdSource({ last: 0, now: () => Date.UTC(2304, 0, 1), node: 15 });
  assert.ok(Number.isSafeInteger(late()));
});
