import assert from "node:assert/strict";
import { test } from "node:test";
import { toMailLines } from "./lines.ts";

function lines(text: string, dotEnds = true): string {
  return Buffer.from(toMailLines(Buffer.from(text, "latin1"), dotEnds)).toString("latin1");
}

test("every line ends in CR LF, whatever ended it before", () => {
  assert.equal(lines("A: b\n\nc\r\nd"), "A: b\r\n\r\nc\r\nd\r\n");
  assert.equal(lines(""), "");
  assert.equal(lines("\n"), "\r\n");
  assert.equal(lines("\xff\0\n"), "\xff\0\r\n");
});

test("a CR by itself is a line of the body, and a blank of the header", () => {
  assert.equal(lines("A: b\rBcc: c\n\n1%\r2%\r\r\n"), "A: b Bcc: c\r\n\r\n1%\r\n2%\r\n\r\n");
  assert.equal(lines("A: b\r"), "A: b \r\n");
});

test("a dot alone ends the message, if it is to", () => {
  assert.equal(lines("a\n.\nb\n"), "a\r\n");
  assert.equal(lines("a\n."), "a\r\n");
  assert.equal(lines(".\r\nb"), "");
  assert.equal(lines("a\n..\n.b\n"), "a\r\n..\r\n.b\r\n");
  assert.equal(lines("a\n.\nb\n.", false), "a\r\n.\r\nb\r\n.\r\n");
});

test("what begins a message of an mbox file is no part of it", () => {
  assert.equal(lines("From root Thu Nov 26\nA: b\n"), "A: b\r\n");
  assert.equal(lines("From root"), "");
  assert.equal(lines("From: root\n"), "From: root\r\n");
});

test("no CR and no LF stands alone afterwards", () => {
  const pieces = ["\r", "\n", "\r\n", ".", "a", ":", "\0", "\xff"];
  for (let seed = 1; seed < 2_000; seed++) {
    let state = seed;
    const text = Array.from({ length: 12 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return pieces[state >>> 29];
    }).join("");
    for (const dotEnds of [true, false]) {
      assert.doesNotMatch(lines(text, dotEnds), /\r(?!\n)|(?<!\r)\n/, JSON.stringify(text));
    }
  }
});
