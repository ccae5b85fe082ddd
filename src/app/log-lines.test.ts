import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, property, string } from "fast-check";
import { escapedLines, plainLine } from "./log-lines.ts";

test("a line of the log has no character that steers a terminal, and means the same", () => {
  const line = escapedLines(JSON.stringify({ hello: "\u009b2J\u202e\u007fgrüße\u001b" }));
  assert.equal(line, String.raw`{"hello":"\u009b2J\u202e\u007fgrüße\u001b"}`);
  check(
    property(string({ unit: "binary", maxLength: 200 }), (text) => {
      const escaped = escapedLines(JSON.stringify({ text }));
      assert.deepEqual(JSON.parse(escaped), { text });
      assert.doesNotMatch(escaped, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test("one that is made into text means none", () => {
  const line = JSON.stringify({ text: "\u001b[2J\u009b\u202e\\u001b \\\\ \n" });
  assert.deepEqual(JSON.parse(plainLine(line)), { text: "?[2J??\\u001b \\\\ \n" });
  check(
    property(string({ unit: "binary", maxLength: 200 }), (text) => {
      const parsed: unknown = JSON.parse(plainLine(JSON.stringify([text])));
      assert.ok(Array.isArray(parsed));
      assert.doesNotMatch(String(parsed[0]).replaceAll(/[\b\t\n\f\r]/g, ""), /[\p{Cc}\u202e]/u);
    }),
  );
});
