import assert from "node:assert/strict";
import { test } from "node:test";
import { createOwnMatcher } from "./own-matcher.ts";

test("groups of lines that match, and nothing of others", () => {
  const matcher = createOwnMatcher(
    String.raw`^in (?<client>\S+)(?: as (?<account>\S+))?$`,
    () => 0,
  );
  assert.deepEqual(matcher.match(["in 192.0.2.9 as é", "out", "in x", ""]), [
    { client: "192.0.2.9", account: "é" },
    undefined,
    { client: "x" },
    undefined,
  ]);
  assert.deepEqual(matcher.match([]), []);
  const many = Array.from({ length: 5_000 }, (_, index) => `in 192.0.2.${index}`);
  assert.deepEqual(matcher.match(many).at(-1), { client: "192.0.2.4999" });
});

test("a pattern that would never end is broken off, and other lines are read all the same", () => {
  let now = 0;
  const matcher = createOwnMatcher("^(?:(?<client>a+)+)+!$", () => now);
  const begin = performance.now();
  assert.deepEqual(matcher.match(["aa!", `${"a".repeat(1_900)}?`, "a!"]), [
    { client: "aa" },
    "late",
    { client: "a" },
  ]);
  const slow = Array.from({ length: 1_000 }, () => `${"a".repeat(1_900)}?`);
  assert.deepEqual(new Set(matcher.match(slow)), new Set(["late"]));
  assert.deepEqual(matcher.match(["aa!"]), ["late"]); // it rests
  assert.ok(performance.now() - begin < 15_000);
  now = 60_000;
  assert.deepEqual(matcher.match(["aa!"]), [{ client: "aa" }]);
});

test("a line is a text, whatever stands in it", () => {
  const matcher = createOwnMatcher("^(?<client>.*)$", () => 0);
  for (const line of [
    "`${process.exit()}`",
    '");throw 1;("',
    "\\",
    "\u2028",
    "\ufffd",
    "__proto__",
  ]) {
    const [found] = matcher.match([line]);
    const whole = line === "\u2028" ? undefined : line;
    assert.equal(typeof found === "object" ? found["client"] : found, whole, line);
  }
});
