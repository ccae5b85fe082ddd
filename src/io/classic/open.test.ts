import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startMariaDb, whyNoMariaDb } from "../../../test/support/mariadb.ts";
import { parseConfiguration } from "../../core/config/parse.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { createPasswordHashes } from "../password/hashes.ts";
import { openClassicSources } from "./open.ts";
import { addUser, createTables, reader } from "./vpopmail/fixture.test.ts";

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-classic-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @param logins what stands below `logins:`, a line each */
async function open(t: TestContext, folder: string, logins: readonly string[]) {
  const text = `hostname: mx.test\nlogins:\n${logins.map((line) => `  ${line}\n`).join("")}`;
  const settings = parseConfiguration(text, { file: "b.yaml", folder });
  assert.ok(settings.ok, JSON.stringify(settings));
  const hashes = createPasswordHashes({ atOnce: 2, waiting: 10, patience: 10_000 });
  const opened = await openClassicSources(settings.value.logins, {
    hashes,
    environment: { DB_PASSWORD: reader.password },
    random: randomUUID,
  });
  t.after(async () => {
    if (opened.ok) await Promise.all(opened.value.sources.map(({ source }) => source.close()));
    await hashes.close();
  });
  return opened;
}

test("what only the operator can mend is told with its line, all at once", async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, "open.secret"), "x\n");
  await chmod(join(folder, "open.secret"), 0o644);
  const opened = await open(t, folder, [
    "- checkpassword: { program: [nothing, /usr/bin/true] }",
    "- checkpassword: { program: [/usr/bin/true, /usr/bin/true] }",
    '- vpopmail-mysql: { url: "mysql://u@127.0.0.1/d", password-file: open.secret }',
    '- vpopmail-mysql: { url: "mysql://u@127.0.0.1/d", password-variable: NOT_SET }',
    "- vpopmail-cdb: nowhere",
  ]);
  assert.ok(!opened.ok);
  const said = opened.problem.map((problem) => formatProblem(problem).replaceAll(folder, "F"));
  assert.deepEqual(said, [
    "b.yaml:3:5: logins[0].checkpassword: F/nothing cannot be run: spawn F/nothing ENOENT",
    "b.yaml:4:5: logins[1].checkpassword: /usr/bin/true let a user in that does not exist, with a " +
      "random password: it would let everyone in; name the program that checks passwords, with its " +
      "own arguments behind it",
    "b.yaml:5:5: logins[2].vpopmail-mysql: every user of this machine can read F/open.secret; run: " +
      "chmod 0600 F/open.secret",
    "b.yaml:6:5: logins[3].vpopmail-mysql: the environment variable NOT_SET is not set; set it, or " +
      "name a file",
    "b.yaml:7:5: logins[4].vpopmail-cdb: ENOENT: no such file or directory, scandir 'F/nowhere'; " +
      "name the folder domains of vpopmail, and let this program's user read what is in it",
  ]);
});

test("what does not answer yet is a warning, and its logins are put off", async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, "later"), "#!/bin/sh\nexit 111\n");
  await chmod(join(folder, "later"), 0o755);
  const opened = await open(t, folder, [
    '- vpopmail-mysql: { url: "mysql://u@localhost/d?socket=/nowhere/socket", password-variable: DB_PASSWORD }',
    "- checkpassword: { program: [later] }",
  ]);
  assert.ok(opened.ok);
  const { sources, warnings } = opened.value;
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /the database: connect ENOENT \/nowhere\/socket/);
  assert.match(warnings[1]!, /could not find it out \(exit 111\)/);
  for (const { source } of sources) {
    const outcome = await source.verify({ login: "a@b.test", password: "x", service: "smtp" });
    assert.equal(outcome.result, "temporary");
  }
});

test("all kinds side by side, in their order", { skip: await whyNoMariaDb() }, async (t) => {
  const folder = await scratch(t);
  const server = await startMariaDb(t);
  await createTables(server);
  await addUser(server, { name: "alice", domain: "example.org", password: "{PLAIN}one" });
  await mkdir(join(folder, "domains", "example.org"), { recursive: true });
  await writeFile(
    join(folder, "domains", "example.org", "vpasswd"),
    "bob:{PLAIN}two:0:0:b:/d:NOQUOTA\n",
  );
  // Knows carol; a shell's texts hold no NUL, so they become strokes.
  await writeFile(
    join(folder, "checker"),
    '#!/bin/sh\n[ "$(tr "\\\\000" / <&3)" = carol@example.org/three// ] || exit 1\nexec "$@"\n',
  );
  await chmod(join(folder, "checker"), 0o755);
  const opened = await open(t, folder, [
    `- vpopmail-mysql: { url: "mysql://vpopmail@localhost/vpopmail?socket=${server.socket}", password-variable: DB_PASSWORD }`,
    "  adopt: true",
    "- vpopmail-cdb: domains",
    "- checkpassword: { program: [checker, /usr/bin/true] }",
  ]);
  assert.ok(opened.ok, JSON.stringify(opened));
  const { sources, warnings } = opened.value;
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    sources.map(({ source, adopt }) => [source.name, adopt]),
    [
      ["vpopmail-mysql", true],
      ["vpopmail-cdb", false],
      ["checkpassword", false],
    ],
  );
  const users = [
    ["alice", "one"],
    ["bob", "two"],
    ["carol", "three"],
  ] as const;
  for (const [index, [name, password]] of users.entries()) {
    const request = { login: `${name}@example.org`, password, service: "smtp" } as const;
    const results = await Promise.all(sources.map(({ source }) => source.verify(request)));
    const expected = results.map((_, place) => (place === index ? "good" : "unknown"));
    assert.deepEqual(
      results.map(({ result }) => result),
      expected,
      name,
    );
  }
});
