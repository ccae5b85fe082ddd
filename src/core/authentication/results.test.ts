import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatResults, type MethodResult } from "./results.ts";

test("the results stand one on a line", () => {
  const field = formatResults("mx.example.org", [
    { method: "spf", result: "pass", properties: [["smtp.mailfrom", "ann@example.net"]] },
    {
      method: "dkim",
      result: "fail",
      comment: "body hash did not verify",
      properties: [
        ["header.d", "example.net"],
        ["header.s", "s1"],
        ["header.b", "AbC+/w12"],
      ],
    },
  ]);
  assert.equal(
    field,
    "Authentication-Results: mx.example.org;\r\n" +
      "\tspf=pass smtp.mailfrom=ann@example.net;\r\n" +
      "\tdkim=fail (body hash did not verify) header.d=example.net header.s=s1\r\n" +
      "\t header.b=AbC+/w12\r\n",
  );
});

test("no results are said to be none", () => {
  assert.equal(
    formatResults("mx.example.org", []),
    "Authentication-Results: mx.example.org; none\r\n",
  );
});

test("an odd local part stands in quotes", () => {
  const result: MethodResult = {
    method: "spf",
    result: "none",
    properties: [["smtp.mailfrom", '"a; b"@example.net']],
  };
  assert.match(formatResults("x", [result]), /smtp\.mailfrom="\\"a; b\\"@example\.net"\r\n$/);
});

test("foreign text never ends a comment, a line or the field", () => {
  const text = fc.string({ unit: "binary", maxLength: 600 });
  fc.assert(
    fc.property(text, text, (comment, value) => {
      const field = formatResults("mx", [
        { method: "dkim", result: "fail", comment, properties: [["header.d", value]] },
      ]);
      const lines = field.split("\r\n");
      assert.equal(lines.pop(), "");
      assert.ok(lines.slice(1).every((line) => line.startsWith("\t") && line.length < 998));
      assert.doesNotMatch(lines.join(""), /[\r\n]/);
      const said = lines.join("").replace(/"(?:[^"\\]|\\.)*"/gs, "Q");
      assert.match(said, /^[^;]*;\tdkim=fail(\t? ?)\([^()]*\)\t? ?header\.d=[^\s;"()]+$/s);
    }),
  );
});
