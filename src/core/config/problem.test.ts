import assert from "node:assert/strict";
import { test } from "node:test";
import { formatKey, formatProblem, unfit } from "./problem.ts";

test("a problem is one line that an editor can jump to", () => {
  const position = { line: 12, column: 5 };
  assert.equal(
    formatProblem({ file: "b.yaml", position, key: "queue.retry[0]", text: "too\nlong" }),
    "b.yaml:12:5: queue.retry[0]: too?long",
  );
  assert.equal(formatProblem({ file: "b.yaml", key: "", text: "no file" }), "b.yaml: no file");
});

test("a key with a dot in it is in quotes", () => {
  const key = formatKey(["domains", "example.org", "relay-to"]);
  assert.equal(key, 'domains["example.org"].relay-to');
});

test("a value is shown short and without control characters", () => {
  assert.equal(unfit("\u001b[31m", "x"), '"?[31m" does not fit here; write x');
  assert.equal(unfit("a".repeat(1000), "x"), `"${"a".repeat(60)}…" does not fit here; write x`);
  assert.equal(unfit({ a: 1 }, "x"), "a mapping does not fit here; write x");
});
