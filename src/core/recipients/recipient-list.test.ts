import assert from "node:assert/strict";
import { test } from "node:test";
import { readRecipientList } from "./recipient-list.ts";

test("addresses and local parts, remarks and empty lines", () => {
  const text = '# all of us\r\nAnn@Example.net # since 2001\n\nbob\n  josé\n"a b"@example.net\n';
  const list = readRecipientList(text, "example.net");
  assert.ok(list.ok, JSON.stringify(list));
  assert.deepEqual(
    [...list.value],
    ["ann@example.net", "bob@example.net", "josé@example.net", "a b@example.net"],
  );
});

test("an empty list has nobody", () => {
  const list = readRecipientList("", "example.net");
  assert.ok(list.ok);
  assert.equal(list.value.size, 0);
});

test("what cannot be a recipient of the domain is named with its line", () => {
  const list = readRecipientList("ann\nann@example.org\nan n\n@example.net\n", "example.net");
  assert.ok(!list.ok);
  assert.deepEqual(
    list.problem.map(({ line }) => line),
    [2, 3, 4],
  );
  assert.match(list.problem[0]?.text ?? "", /no address of example\.net: "ann@example\.org"/);
});
