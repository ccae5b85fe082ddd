import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createReplyReader, type ReadReply } from "./reply-reader.ts";

function readAll(...pieces: readonly (string | Uint8Array)[]): readonly ReadReply[] {
  const reader = createReplyReader();
  return pieces.flatMap((piece) => reader.read(Buffer.from(piece)));
}

function reply(code: number, enhanced: string | undefined, ...lines: string[]): ReadReply {
  return { ok: true, value: enhanced === undefined ? { code, lines } : { code, enhanced, lines } };
}

test("replies of one line and of several", () => {
  assert.deepEqual(readAll("220 ready\r\n"), [reply(220, undefined, "ready")]);
  assert.deepEqual(readAll("250\r\n"), [reply(250, undefined, "")]);
  assert.deepEqual(readAll("250-one\r\n250-\r\n250 three\r\n221 bye\r\n"), [
    reply(250, undefined, "one", "", "three"),
    reply(221, undefined, "bye"),
  ]);
});

test("the enhanced code is taken off each line that repeats it", () => {
  assert.deepEqual(readAll("550-5.1.1 no\r\n550-such\r\n550 5.1.1\r\n"), [
    reply(550, "5.1.1", "no", "such", ""),
  ]);
});

test("what only looks like an enhanced code stays text", () => {
  for (const text of ["4.1.1 other class", "5.1.1.1 four", "5.1111.1 long", "x 5.1.1", "5.1"]) {
    assert.deepEqual(readAll(`550 ${text}\r\n`), [reply(550, undefined, text)]);
  }
});

test("a line feed alone ends a line too, as lenient hosts have it", () => {
  assert.deepEqual(readAll("250-a\n250 b\n"), [reply(250, undefined, "a", "b")]);
});

test("octets that are no UTF-8 do not stop the reply", () => {
  const octets = Buffer.from("550 caf\xe9\r\n", "latin1");
  assert.deepEqual(readAll(octets), [reply(550, undefined, "caf\ufffd")]);
});

test("what is no reply is a problem, and nothing is read after it", () => {
  for (const text of ["hello", "", "25 x", "25a x", "150 x", "650 x", "250x", "\ufeff250 x"]) {
    const replies = readAll(`${text}\r\n250 ok\r\n`, "250 ok\r\n");
    assert.deepEqual(replies, [{ ok: false, problem: "a line that is no SMTP reply" }], text);
  }
  assert.deepEqual(readAll("250-a\r\n550 b\r\n"), [
    { ok: false, problem: "a reply with two codes" },
  ]);
});

test("lines and replies have a bound, reached with or without a line end", () => {
  const longest = `250 ${"x".repeat(2_048 - 5)}\r\n`;
  assert.equal(readAll(longest)[0]?.ok, true);
  const endless = Array.from({ length: 3_000 }, () => "2");
  for (const replies of [readAll(`250 x${longest.slice(4)}`), readAll(...endless)]) {
    assert.deepEqual(replies, [{ ok: false, problem: "a reply line of more than 2048 octets" }]);
  }
  assert.equal(readAll(`${"250-x\r\n".repeat(127)}250 x\r\n`)[0]?.ok, true);
  assert.deepEqual(readAll("250-x\r\n".repeat(129)), [
    { ok: false, problem: "a reply of more than 128 lines" },
  ]);
});

const replyish = fc.array(
  fc.oneof(
    fc.constantFrom("2", "5", "0", "-", " ", "\r\n", "\n", "\r", "250 ok\r\n", "550-5.1.1 x\r\n"),
    fc.string({ maxLength: 5 }),
  ),
  { maxLength: 40 },
);

test("octets mean the same however they are cut, and never throw", () => {
  fc.assert(
    fc.property(replyish, fc.array(fc.nat(60), { maxLength: 5 }), (parts, cuts) => {
      const octets = Buffer.from(parts.join(""));
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), octets.length];
      const pieces = bounds.slice(1).map((end, index) => octets.subarray(bounds[index], end));
      assert.deepEqual(readAll(...pieces), readAll(octets));
    }),
  );
});

test("a piece may be overwritten after it has been read", () => {
  const reader = createReplyReader();
  const buffer = Buffer.from("250 fi");
  assert.deepEqual(reader.read(buffer), []);
  buffer.fill("x");
  assert.deepEqual(reader.read(Buffer.from("ne\r\n")), [reply(250, undefined, "fine")]);
});
