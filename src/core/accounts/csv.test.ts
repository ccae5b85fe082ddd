import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readCsv } from "./csv.ts";

function read(text: string): readonly string[] {
  return [...readCsv(text)].map((record) =>
    "problem" in record
      ? `${record.line}! ${record.problem}`
      : `${record.line} ${record.fields.join("|")}`,
  );
}

test("fields are between commas, quoted where they have commas, quotes or line breaks", () => {
  assert.deepEqual(read('a,b\r\n"x,y","say ""hi"""\n\n,\n"two\nlines",z\nlast,1\n'), [
    "1 a|b",
    '2 x,y|say "hi"',
    "4 |",
    "5 two\nlines|z",
    "7 last|1",
  ]);
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("\n\r\n\n"), []);
});

test("what looks cut off or garbled is a problem of its line, and the next line is read", () => {
  assert.deepEqual(read('a"b,c\nd,e\n'), [
    '1! a quotation mark stands inside a field; quote the field and write "" for it',
    "2 d|e",
  ]);
  assert.deepEqual(read('"a"b,c\nd\n'), [
    "1! something stands behind a closing quotation mark",
    "2 d",
  ]);
  assert.deepEqual(read("a\rb\n"), ["1! a carriage return without a line feed stands in it"]);
  assert.deepEqual(read('a\n"b,c\nd\n'), ["1 a", "2! a quotation mark is never closed"]);
  const cut = "! it does not end with a line break: is the file whole? If so, add one";
  assert.deepEqual(read("a,b\nc,sec"), ["1 a|b", `2${cut}`]);
  assert.deepEqual(read('a,"b"'), [`1${cut}`]);
  assert.deepEqual(read("a,"), [`1${cut}`]);
});

test("whatever was written as a table is read as it was", () => {
  const table = fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 4 }), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows
        .map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`)
        .join("");
      const found = [...readCsv(text)].map((record) => ("fields" in record ? record.fields : []));
      assert.deepEqual(found, rows);
    }),
  );
});

test("whatever a file has in it, each line is read once and in its order", () => {
  const wild = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a") });
  fc.assert(
    fc.property(wild, (text) => {
      const lines = [...readCsv(text)].map(({ line }) => line);
      assert.deepEqual(
        lines,
        [...new Set(lines)].toSorted((one, other) => one - other),
      );
      assert.ok((lines.at(-1) ?? 0) <= text.split("\n").length);
    }),
  );
});

test("a field of many megabytes, quoted or not, closed or not, takes no long time", () => {
  const long = '""x'.repeat(1_000_000);
  assert.equal(read(`"${long}"\n`).length, 1);
  assert.equal(read(`"${long}\n`).length, 1);
  assert.equal(read(`${"x".repeat(3_000_000)}\n`).length, 1);
});
