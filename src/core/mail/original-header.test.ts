import assert from "node:assert/strict";
import { test } from "node:test";
import { returnHeader } from "./original-header.ts";

function returned(content: string | Buffer) {
  const { type, octets } = returnHeader(Buffer.from(content));
  return { type, text: Buffer.from(octets).toString("latin1") };
}

test("the header ends at the empty line", () => {
  const expected = { type: "text/rfc822-headers", text: "A: b\r\n c\r\nD: e\r\n" };
  assert.deepEqual(returned("A: b\r\n c\r\nD: e\r\n\r\nbody\r\n\r\n"), expected);
  assert.deepEqual(returned("A: b\r\n c\r\nD: e\r\n"), expected);
  assert.deepEqual(returned("A: b\r\n c\r\nD: e\r\nF: cut in the mid"), expected);
});

test("a content without a header returns none", () => {
  for (const content of ["", "\r\nbody\r\n", "one endless line"]) {
    assert.equal(returned(content).text, "");
  }
});

test("at most 50,000 octets return, in whole lines", () => {
  const line = `X: ${"x".repeat(95)}\r\n`;
  assert.equal(returned(line.repeat(1_000)).text, line.repeat(500));
});

test("UTF-8 makes an internationalized header, other octets do not", () => {
  assert.equal(returned("Subject: żółw\r\n\r\n").type, "message/global-headers");
  assert.equal(
    returned(Buffer.from("Subject: caf\xe9\r\n\r\n", "latin1")).type,
    "text/rfc822-headers",
  );
  assert.equal(returned("Subject: plain\r\n\r\nżółw").type, "text/rfc822-headers");
});
