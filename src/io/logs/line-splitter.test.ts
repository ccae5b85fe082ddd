import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { LineSplitter } from "./line-splitter.ts";

function split(pieces: readonly Uint8Array[], longest = 20): readonly string[] {
  const splitter = new LineSplitter(longest);
  return pieces.flatMap((piece) => splitter.push(piece));
}

test("lines come out whole, wherever the octets are cut", () => {
  const text = "one\r\ntwo\n\nthree é\n\0\0\0four\nfive";
  const whole = Buffer.from(text);
  const expected = ["one", "two", "", "three é", "four"];
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      const pieces = places.slice(1).map((to, index) => whole.subarray(places[index], to));
      assert.deepEqual(split(pieces), expected);
    }),
  );
});

test("a line that is too long is left out, and costs no memory", () => {
  const piece = Buffer.alloc(65_536, "x");
  const many = Array.from({ length: 1_000 }, () => piece);
  assert.deepEqual(split([Buffer.from("a\n"), ...many, Buffer.from("\nb\n")]), ["a", "b"]);
  const exact = "x".repeat(20);
  assert.deepEqual(split([Buffer.from(`${exact}\n${exact}y\n`)]), [exact]);
});

test("octets that are no UTF-8, and holes, are no obstacle", () => {
  const hole = Buffer.alloc(100_000);
  const lines = split([hole, Buffer.from([0xff, 0x61, 0xc3, 0x0a]), hole, Buffer.from("b\n")]);
  assert.deepEqual(lines, ["\ufffda\ufffd", "b"]);
});

test("what is forgotten and what is skipped does not come back", () => {
  const splitter = new LineSplitter(20);
  assert.deepEqual(splitter.push(Buffer.from("half")), []);
  splitter.reset();
  assert.deepEqual(splitter.push(Buffer.from("one\nhalf")), ["one"]);
  splitter.skipLine();
  assert.deepEqual(splitter.push(Buffer.from(" the rest\ntwo\n")), ["two"]);
});
