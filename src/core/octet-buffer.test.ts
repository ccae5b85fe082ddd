import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { OctetBuffer } from "./octet-buffer.ts";

test("holds what was added since it was cleared, whatever becomes of the pieces", () => {
  const pieces = fc.array(fc.uint8Array());
  fc.assert(
    fc.property(pieces, pieces, (before, after) => {
      const buffer = new OctetBuffer();
      for (const piece of before) buffer.add(piece);
      buffer.clear();
      assert.deepEqual(buffer.octets, new Uint8Array(0));
      const expected = Buffer.concat(after);
      for (const piece of after) {
        buffer.add(piece);
        piece.fill(0);
      }
      assert.deepEqual(Buffer.from(buffer.octets), expected);
    }),
  );
});

test("what was taken out stays as it was when the buffer is used again", () => {
  const buffer = new OctetBuffer();
  buffer.add(Buffer.from("one"));
  const { octets } = buffer;
  buffer.clear();
  buffer.add(Buffer.from("two"));
  assert.equal(Buffer.from(octets).toString(), "one");
});
