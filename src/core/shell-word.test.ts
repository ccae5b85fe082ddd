import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { assert as check, property, string } from "fast-check";
import { shellWord } from "./shell-word.ts";

test("a word that is plain stays as it is", () => {
  for (const word of ["bob@example.org", "0fk3v9d2m4a", "a+b_c-d.e/f"]) {
    assert.equal(shellWord(word), word);
  }
});

test("a shell takes any other as it was", () => {
  const words = [
    "`id`@example.org",
    '"$(id)"@example.org',
    "a'b;c|d&e",
    "a b, c",
    "",
    "~",
    "*",
    "\\",
  ];
  check(
    property(string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), (text) => {
      words.push(text.replaceAll("\0", ""));
    }),
  );
  const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
  const taken = execFileSync("/bin/sh", ["-c", script], { env: {} }).toString();
  assert.deepEqual(taken.split("\0").slice(0, -1), words);
});
