import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
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
