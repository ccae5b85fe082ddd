// Dovecot beside us.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startDovecot, whyNoDovecot } from "../support/dovecot.ts";

const skip = await whyNoDovecot();
const users = { "user@example.test": "secret" };

test("Dovecot starts, and takes more settings", { skip }, async (t) => {
  const dovecot = await startDovecot(t, { users, extra: "mailbox_list_index = no" });
  const { code, stdout } = await dovecot.doveadm("mailbox", "list", "-u", "user@example.test");
  assert.deepEqual({ code, stdout }, { code: 0, stdout: "INBOX\n" });
});

test("Dovecot says what it does not like", { skip }, async (t) => {
  await assert.rejects(
    startDovecot(t, { users, extra: "nonsense = yes" }),
    /Unknown setting: nonsense/,
  );
});
