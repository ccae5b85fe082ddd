import assert from "node:assert/strict";
import { relative, sep } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseAddress } from "../../core/mail/address.ts";
import { mailboxFolder } from "./mailbox-folder.ts";

test("a mailbox lies in its domain's folder, whatever the case of its address", () => {
  for (const text of ["User.Name@Example.Test", '"user.name"@example.test']) {
    const address = parseAddress(text);
    assert.ok(address.ok);
    const folder = mailboxFolder("/data/mail", address.value);
    assert.deepEqual(folder, { ok: true, value: "/data/mail/example.test/user.name" });
  }
});

for (const [local, problem] of [
  ["..", "a part of it begins with a dot"],
  [".", "a part of it begins with a dot"],
  [".Trash", "a part of it begins with a dot"],
  ["../../other.test/victim", "a part of it begins with a dot"],
  ["a/../../victim", "there is a slash in it"],
  ["/etc", "there is a slash in it"],
  ["a\0b", "there is a NUL in it"],
  ["", "a part of it is empty"],
  ["ü".repeat(128), "a part of it is over 255 octets long"],
] as const) {
  test(`no mailbox is called ${JSON.stringify(local.slice(0, 30))}`, () => {
    const folder = mailboxFolder("/data/mail", { local, domain: "example.test" });
    assert.ok(!folder.ok);
    assert.ok(folder.problem.endsWith(`cannot have a mailbox here: ${problem}`), folder.problem);
  });
}

test("hostile domains are refused as well", () => {
  for (const domain of ["..", "a/b", ".hidden", ""]) {
    assert.ok(!mailboxFolder("/data/mail", { local: "user", domain }).ok);
  }
});

test("no address leads out of the root, or anywhere but two folders down", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[./\\a\0]{0,8}$/),
    fc.constantFrom("..", ".", "a"),
  );
  fc.assert(
    fc.property(part, part, (local, domain) => {
      const folder = mailboxFolder("/data/mail", { local, domain });
      if (!folder.ok) return;
      const steps = relative("/data/mail", folder.value).split(sep);
      assert.equal(steps.length, 2);
      assert.ok(steps.every((step) => step !== "" && !step.startsWith(".")));
    }),
  );
});
