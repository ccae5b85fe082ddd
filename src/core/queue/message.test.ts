import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { createIdSource } from "./ids.ts";
import { formatMessageId, parseMessageId } from "./message.ts";

const anyId = fc.maxSafeNat();

describe("message ids", () => {
  test("are read as they were written, in any case of letters", () => {
    fc.assert(
      fc.property(anyId, (id) => {
        assert.equal(formatMessageId(id).length, 11);
        assert.equal(parseMessageId(formatMessageId(id)), id);
        assert.equal(parseMessageId(formatMessageId(id).toUpperCase()), id);
      }),
    );
  });

  test("sort as texts as they do as numbers", () => {
    fc.assert(
      fc.property(anyId, anyId, (a, b) => {
        assert.equal(formatMessageId(a) < formatMessageId(b), a < b);
      }),
    );
  });

  test("are nothing else", () => {
    for (const text of [
      "",
      "0000000000",
      "000000000000",
      "0000000000u",
      "0000000000-",
      "zzzzzzzzzzz",
    ]) {
      assert.equal(parseMessageId(text), undefined, text);
    }
  });
});

describe("the source of ids", () => {
  test("ascends, whatever the clock does, and stays within 53 bits", () => {
    const times = fc.array(fc.integer({ min: 0, max: Date.UTC(2300, 0, 1) }), { minLength: 1 });
    fc.assert(
      fc.property(
        anyId.map((id) => Math.floor(id / 2)),
        times,
        (last, clock) => {
          let tick = 0;
          const next = createIdSource(last, () => clock[tick++ % clock.length] ?? 0);
          let before = last;
          for (const _ of clock) {
            const id = next();
            assert.ok(id > before);
            assert.ok(Number.isSafeInteger(id));
            before = id;
          }
        },
      ),
    );
  });

  test("gives ids that tell the time: later milliseconds, greater ids from any source", () => {
    const first = createIdSource(0, () => Date.UTC(2027, 0, 1))();
    const later = createIdSource(0, () => Date.UTC(2027, 0, 1) + 1)();
    assert.ok(later > first);
  });
});
