import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { encodeQuotedPrintable, isPlain } from "./quoted-printable.ts";

/** An independent reader, by RFC 2045 §6.7. */
function decode(text: string): Buffer {
  const joined = text.replace(/=\r\n/g, "");
  const latin1 = joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(latin1, "latin1");
}

const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom("\r\n", "\r", "\n", " ", "\t", "=", ".", "żółw", "\0"),
      fc.string({ maxLength: 90 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Buffer.from(parts.join("")));

test("encoding reads back to the same octets, in lines of printable ASCII", () => {
  fc.assert(
    fc.property(octets, (input) => {
      const text = encodeQuotedPrintable(input);
      assert.deepEqual(decode(text), input);
      for (const line of text.split("\r\n")) assert.match(line, /^(?:[\t -~]{0,75}[!-~])?$/);
    }),
  );
});

test("what is plain is ASCII in lines of at most 998 octets that end with CR LF", () => {
  for (const text of ["", "a\tb\r\n\r\nc", `${"x".repeat(998)}\r\n${"x".repeat(998)}`]) {
    assert.equal(isPlain(Buffer.from(text), "7bit"), true);
  }
  for (const text of ["é", "a\nb", "a\rb", "\0", "\x1b[2J", "\x7f", "x".repeat(999), "a\r"]) {
    assert.equal(isPlain(Buffer.from(text), "7bit"), false, JSON.stringify(text));
  }
});

test("8bit takes octets above 127 besides, and nothing else", () => {
  assert.equal(isPlain(Buffer.from("é\r\n\t~"), "8bit"), true);
  for (const text of ["é\n", "\r", "\0", "\x7f", "é".repeat(500)]) {
    assert.equal(isPlain(Buffer.from(text), "8bit"), false, JSON.stringify(text));
  }
});
