import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword } from "../process/password-hash.ts";
import { isKnownHash } from "./known-hash.ts";

test("hashes as we and others write them are known, and passwords in clear are not", async () => {
  const known = [
    await hashPassword("x"),
    "$1$salt$0123456789abcdefghijk.",
    `$5$rounds=5000$salt$${"a".repeat(43)}`,
    `$6$salt$${"a".repeat(86)}`,
    "{SSHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTBzYWx0",
  ];
  for (const text of known) assert.ok(isKnownHash(text), text);
  const others = [
    "",
    "*",
    "!",
    "x",
    "secret",
    "abcdefghijklm",
    "{PLAIN}secret",
    "{SSHA}x",
    "$2y$10$x",
  ];
  for (const text of others) assert.ok(!isKnownHash(text), text);
});
