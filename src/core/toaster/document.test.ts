import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDraft, hostPasswords } from "./document.ts";
import { control, translated } from "./fixture.test.ts";

test("passwords for other hosts are named and not written", () => {
  const smtproutes = `a.example:one.example:587 me hunter2
b.example:two.example:465 you hunter3
:one.example:587 me hunter2
`;
  const { draft } = translated({ control: control({ me: "mail.example.org\n", smtproutes }) });
  assert.deepEqual(hostPasswords(draft.routes), [
    { name: "smarthost-password", password: "hunter2" },
    { name: "smarthost-password-2", password: "hunter3" },
  ]);
  const text = formatDraft(draft, []);
  assert.doesNotMatch(text, /hunter/);
  const routes = text.slice(text.indexOf("routes:"));
  assert.equal(
    routes,
    `routes:
  - { to: "a.example", via: "one.example:587", login: { user: "me", password-file: smarthost-password } } # /var/qmail/control/smtproutes:1
  - { to: "b.example", via: "two.example:465", login: { user: "you", password-file: smarthost-password-2 } } # /var/qmail/control/smtproutes:2
  - { to: "*", via: "one.example:587", login: { user: "me", password-file: smarthost-password } } # /var/qmail/control/smtproutes:3
`,
  );
});
