import assert from "node:assert/strict";
import { test } from "node:test";
import { listText } from "./list-text.ts";
import { openedDrop, withDeleted } from "./maildrop.ts";

const many = Array.from({ length: 100_000 }, (_, index) => ({ size: index, uid: `u${index}` }));

test("a long list comes in pieces of a bounded length, each of whole lines", () => {
  const pieces = [...listText(openedDrop(many), "uids")];
  assert.ok(pieces.every((piece) => piece.length < 8_192 + 100 && piece.endsWith("\r\n")));
  const lines = pieces.join("").split("\r\n");
  assert.deepEqual(lines.slice(0, 2), ["1 u0", "2 u1"]);
  assert.deepEqual(lines.slice(-3), ["100000 u99999", ".", ""]);
});

test("deleted messages are left out, and the others keep their numbers", () => {
  const drop = withDeleted(openedDrop(many.slice(0, 3)), 1);
  assert.equal([...listText(drop, "sizes")].join(""), "1 0\r\n3 2\r\n.\r\n");
});
