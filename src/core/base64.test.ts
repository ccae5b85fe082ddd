import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("the vectors of RFC 4648 §10", () => {
  const vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
  for (const [length, text] of vectors.entries()) {
    const octets = new TextEncoder().encode("foobar".slice(0, length));
    assert.equal(encodeBase64(octets), text);
    assert.deepEqual(decodeBase64(text), octets);
  }
});

test("encodes as Node does, and reads it back", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      const text = Buffer.from(octets).toString("base64");
      assert.equal(encodeBase64(octets), text);
      assert.deepEqual(decodeBase64(text), octets);
    }),
  );
});

test("what it reads, it would have written so", () => {
  const nearly = fc.string({
    unit: fc.constantFrom(...Array.from("AZaz09+/=-_ \r")),
    maxLength: 12,
  });
  fc.assert(
    fc.property(nearly, (text) => {
      const octets = decodeBase64(text);
      if (octets !== undefined) assert.equal(encodeBase64(octets), text);
    }),
  );
});

for (const text of [
  "Zg=",
  "Zg",
  "Zh==",
  "Zm9=",
  "====",
  "=",
  "Z===",
  "Zm9v\n",
  " Zm9v",
  "Zg==Zg==",
  "Zm-_",
]) {
  test(`${JSON.stringify(text)} is no base 64`, () => {
    assert.equal(decodeBase64(text), undefined);
  });
}
