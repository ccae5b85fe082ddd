import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isUid, uidOf } from "./uid.ts";

test("a name that can be sent is the id", () => {
  const base = "1795342272.M123456P42Q1.mail.example.org,S=1234,W=1300";
  assert.equal(uidOf(base), base);
  assert.equal(uidOf("x".repeat(70)), "x".repeat(70));
});

test("any other has a digest, the same each time", () => {
  for (const base of ["", " ", "a b", "x".repeat(71), "\xff", "a\nb", "tab\t", "\x7f"]) {
    assert.match(uidOf(base), /^[\w-]{43}$/);
    assert.equal(uidOf(base), uidOf(base));
  }
});

test("ids are what RFC 1939 wants, and different ones for different names", () => {
  const base = fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  });
  const message = fc.tuple(
    base.filter((text) => !/[:/]/.test(text)),
    fc.nat(3),
  );
  fc.assert(
    fc.property(message, message, ([one, twin], [other, otherTwin]) => {
      assert.ok(isUid(uidOf(one, twin)));
      const isSame = one === other && twin === otherTwin;
      assert.equal(uidOf(one, twin) === uidOf(other, otherTwin), isSame);
    }),
  );
});
