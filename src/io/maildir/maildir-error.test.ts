import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { asMaildirError, MaildirError } from "./maildir-error.ts";

for (const [code, status] of [
  ["ENOSPC", "4.3.1"],
  ["EDQUOT", "4.2.2"],
  ["EMFILE", "4.3.2"],
  ["EACCES", "4.3.5"],
  ["EIO", "4.3.0"],
] as const) {
  test(`${code} is ${status}`, () => {
    const cause = Object.assign(new Error(code), { code, syscall: "open" });
    const error = asMaildirError(cause);
    assert.ok(error instanceof MaildirError);
    assert.equal(error.status, status);
    assert.equal(error.cause, cause);
  });
}

test("where a mailbox lies is not told to senders", async () => {
  const error = await open("/proc/nowhere/mail").catch(asMaildirError);
  assert.ok(error instanceof MaildirError);
  assert.equal(error.message, "writing into the mailbox failed (ENOENT, open)");
});

test("an error that no system call made stays what it is", () => {
  const bug = new TypeError("undefined is not a function");
  assert.equal(asMaildirError(bug), bug);
});
