import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces } from "../../../test/support/pieces.ts";
import { createForgedResultsFilter } from "./forged-results.ts";

function filter(text: string, cuts: readonly number[] = []): string {
  const passed: Buffer[] = [];
  const made = createForgedResultsFilter("mx.example.org", (octets) =>
    passed.push(Buffer.from(octets)),
  );
  for (const piece of inPieces(Buffer.from(text), cuts)) made.take(piece);
  made.finish();
  return Buffer.concat(passed).toString();
}

const forged = [
  "Authentication-Results: mx.example.org; spf=pass\r\n",
  "authentication-results:mx.example.org;none\r\n",
  "AUTHENTICATION-RESULTS : MX.Example.Org 1; dkim=pass\r\n",
  "Authentication-Results: mx.example.org. 99; spf=pass\r\n",
  "Authentication-Results:\r\n\tmx.example.org;\r\n\tspf=pass\r\n",
  "Authentication-Results: (a (nested) \\) one)\r\n mx.example.org\r\n ; spf=pass\r\n",
  'Authentication-Results: "mx.exam\\ple.org"; spf=pass\r\n',
  "Authentication-Results: mx.example.org(x); spf=pass\r\n",
  "Authentication-Results: mx.example.org\r\n",
  "Authentication-Results: (mx.example.org; spf=pass\r\n",
  `Authentication-Results: (${"x".repeat(5_000)}) mx.example.org; spf=pass\r\n\tdkim=pass\r\n`,
];

const honest = [
  "Authentication-Results: mx.example.net; spf=pass\r\n",
  "Authentication-Results: mx.example.org.evil.example; spf=pass\r\n",
  "Authentication-Results: smtp.mx.example.org; (mx.example.org;) spf=pass\r\n",
  'Authentication-Results: "other"; spf=pass\r\n\tmx.example.org\r\n',
  "Authentication-Results: \r\n",
  "ARC-Authentication-Results: i=1; mx.example.org; spf=pass\r\n",
  "Authentication-Results-Old: mx.example.org; spf=pass\r\n",
  "Authentication: mx.example.org; spf=pass\r\n",
  "a\r\n",
  "A: b\r\n",
  "Subject: x\r\n\tAuthentication-Results: mx.example.org; y\r\n",
];

const body = "\r\nAuthentication-Results: mx.example.org; this is text\r\n";

for (const field of forged) {
  test(`what claims to be our word goes: ${JSON.stringify(field.slice(0, 70))}`, () => {
    assert.equal(filter(`${field}Subject: x\r\n${body}`), `Subject: x\r\n${body}`);
    assert.equal(filter(`Subject: x\r\n${field}`), "Subject: x\r\n");
  });
}

for (const field of honest) {
  test(`what others say stays: ${JSON.stringify(field)}`, () => {
    assert.equal(filter(field), field);
    assert.equal(filter(`${field}${body}`), `${field}${body}`);
  });
}

test("it is the same in whatever pieces it comes", () => {
  const fields = fc.array(
    fc.oneof(
      fc.constantFrom(...forged.slice(0, -1)).map((text) => ({ text, stays: false })),
      fc.constantFrom(...honest).map((text) => ({ text, stays: true })),
    ),
  );
  fc.assert(
    fc.property(fields, fc.constantFrom("", body), anyCuts, (parts, rest, cuts) => {
      const all = parts.map(({ text }) => text).join("");
      const expected = parts.filter(({ stays }) => stays).map(({ text }) => text);
      assert.equal(filter(`${all}${rest}`, cuts), `${expected.join("")}${rest}`);
    }),
  );
});

test("a message without a line end passes as it is", () => {
  for (const text of ["", "A", "Authentication-Res", "\r\n", "Subject: x"]) {
    assert.equal(filter(text), text);
  }
});

test("a header of many short lines takes no longer than any other", () => {
  const field = `Authentication-Results:\r\n${" \r\n".repeat(1_350)}`;
  const begun = performance.now();
  filter(field.repeat(10));
  const hostile = performance.now() - begun;
  // Each line read anew would take a minute for a megabyte; here it is some milliseconds.
  assert.ok(hostile < 1_500, `${Math.round(hostile)} ms for 40 KB`);
});
