// Installations as they are found: copied, linked, broken, closed.

import assert from "node:assert/strict";
import { chmod, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { asNobody } from "../../../../test/support/as-nobody.ts";
import { runCommand } from "../../../../test/support/command.ts";
import { temporaryFolder } from "../../../../test/support/server.ts";
import { buildToaster } from "../../../../test/support/toaster.ts";
import { formatAt, Report } from "../../../core/toaster/report.ts";
import type { Places } from "./locate.ts";
import { readToaster } from "./read.ts";

async function read(places: Places) {
  const report = new Report();
  const toaster = await readToaster({ askDatabase: false, ...places }, report);
  const said = report.findings().map((each) => `${each.fate} ${formatAt(each)}: ${each.text}`);
  const users = toaster.domains.flatMap((domain) =>
    domain.users.map(({ name }) => `${name}@${domain.name}`),
  );
  return { toaster, users, said: said.join("\n") };
}

const line = (name: string, folder: string) => `${name}:x:1:0::${folder}:NOQUOTA\n`;

suite("where an installation is", () => {
  test("below its root, by the paths that it had", async (t) => {
    const root = await buildToaster(t);
    const { toaster, users } = await read({ root: `${root}/` });
    assert.equal(toaster.qmail, "/var/qmail");
    assert.equal(toaster.vpopmail, "/home/vpopmail");
    assert.equal(toaster.control.get("me")?.path, "/var/qmail/control/me");
    assert.equal(toaster.realPath("/var/qmail"), join(root, "var/qmail"));
    assert.deepEqual(
      toaster.domains.map(({ name, links }) => [name, ...links]),
      [["example.net"], ["example.org", "example.com"]],
    );
    assert.ok(users.includes("zoe@example.net") && users.includes("alice@example.org"));
    assert.equal(toaster.scripts.length, 4);
  });

  test("in folders that are named, or are such folders themselves", async (t) => {
    const root = await buildToaster(t);
    const elsewhere = join(await temporaryFolder(t), "vp");
    await rename(join(root, "home/vpopmail"), elsewhere);
    const named = await read({ root, vpopmail: elsewhere });
    assert.equal(named.toaster.vpopmail, elsewhere);
    const zoe = named.toaster.domains
      .flatMap(({ users }) => users)
      .find(({ name }) => name === "zoe");
    assert.equal(zoe?.folder, join(elsewhere, "domains/0/example.net/0/zoe"));
    assert.equal(zoe?.hasMaildir, true);
    const alone = await read({ root: elsewhere });
    assert.equal(alone.toaster.qmail, undefined);
    assert.deepEqual(alone.users, named.users);
    const qmail = await read({ root: join(root, "var/qmail") });
    assert.equal(qmail.toaster.control.get("me")?.text, "mail.example.org\n");
    const none = await read({ root: join(root, "usr") });
    assert.deepEqual([none.toaster.qmail, none.toaster.vpopmail], [undefined, undefined]);
  });

  test("with the rules that port 25 was started with, or those that are named", async (t) => {
    const root = await buildToaster(t);
    await mkdir(join(root, "etc"));
    await writeFile(join(root, "etc/tcp.smtp"), "10.:deny\n");
    const run = join(root, "var/qmail/supervise/smtp/run");
    await writeFile(run, "exec tcpserver -x /etc/tcp.smtp.cdb 0 25 qmail-smtpd\n");
    assert.equal((await read({ root })).toaster.rules?.path, "/etc/tcp.smtp");
    const rules = join(root, "home/vpopmail/etc/tcp.smtp.cdb");
    const { toaster } = await read({ root, rules });
    assert.equal(toaster.rules, undefined);
    assert.ok((toaster.compiledRules?.text.length ?? 0) > 2048);
  });

  test("with scripts in the folder of svscan alone", async (t) => {
    const root = await buildToaster(t);
    await rename(join(root, "var/qmail/supervise"), join(root, "service"));
    assert.equal((await read({ root })).toaster.scripts.length, 4);
  });
});

suite("what cannot be read is told of, and the rest is read", () => {
  test("files that are closed to us", async (t) => {
    const root = await buildToaster(t);
    const closed = [
      "var/qmail/control/rcpthosts",
      "home/vpopmail/domains/example.org/vpasswd.cdb",
      "home/vpopmail/domains/0/example.net/.qmail-default",
    ];
    for (const path of closed) await chmod(join(root, path), 0);
    await chmod(join(root, "var/qmail/alias"), 0);
    await runCommand("chmod", ["a+rx", root, join(root, "..")]);
    const { said, users } = await asNobody(() => read({ root }));
    for (const path of [...closed, "var/qmail/alias"]) {
      assert.ok(said.includes(`operator /${path}: it may not be read by this user`), said);
    }
    assert.ok(users.includes("alice@example.org"), "from vpasswd");
    await chmod(join(root, "var/qmail/alias"), 0o755);
  });

  test("links in circles, pipes, folders, and files that are too large", async (t) => {
    const root = await buildToaster(t);
    const control = join(root, "var/qmail/control");
    await rm(join(control, "me"));
    await symlink("me", join(control, "me"));
    await rm(join(control, "locals"));
    assert.equal((await runCommand("mkfifo", [join(control, "locals")])).code, 0);
    await truncate(join(control, "rcpthosts"), 17 * 1024 * 1024);
    await rm(join(control, "databytes"));
    await mkdir(join(control, "databytes"));
    await symlink("..", join(root, "home/vpopmail/domains/0/1"));
    await symlink(".", join(root, "home/vpopmail/domains/a"));
    const { said, toaster } = await read({ root });
    assert.match(said, /control\/me: its links lead in circles/);
    assert.match(said, /control\/locals: it is no file/);
    assert.match(said, /control\/rcpthosts: it has 17825792 octets/);
    assert.equal(toaster.control.get("databytes")?.text, "a folder\n");
    assert.equal(toaster.domains.length, 2);
  });

  test("links that lead out of a copy", async (t) => {
    const root = await buildToaster(t);
    const secret = join(await temporaryFolder(t), "secret");
    await writeFile(secret, "hunter2\n");
    const me = join(root, "var/qmail/control/me");
    await rm(me);
    await symlink(secret, me);
    await symlink(join(secret, ".."), join(root, "home/vpopmail/domains/out.example"));
    const { toaster, said } = await read({ root });
    assert.equal(toaster.control.get("me"), undefined);
    assert.match(said, /control\/me: it is a link to .*secret, outside of what is imported/);
    assert.match(said, /domains\/out\.example: it is a link/);
    assert.doesNotMatch(said, /hunter2/);
  });

  test("users whose folders are said to lie elsewhere", async (t) => {
    const root = await buildToaster(t);
    const vpasswd = join(root, "home/vpopmail/domains/0/example.net/vpasswd");
    await writeFile(
      vpasswd,
      line("up", "/home/../../../etc") + line("gone", "/nowhere") + line("rel", "etc"),
    );
    const { toaster } = await read({ root });
    const users = toaster.domains.find(({ name }) => name === "example.net")?.users ?? [];
    assert.deepEqual(
      users.map(({ name, hasMaildir }) => [name, hasMaildir]),
      [
        ["up", false],
        ["gone", false],
        ["rel", false],
      ],
    );
  });

  test("a domain without a list of its users", async (t) => {
    const root = await temporaryFolder(t);
    const folder = join(root, "home/vpopmail/domains/example.org");
    for (const path of ["alice", "bob", "c/carol", "list", "z"]) {
      await mkdir(join(folder, path), { recursive: true });
    }
    await writeFile(join(folder, ".qmail-list"), "|/usr/bin/ezmlm-send\n");
    await writeFile(join(folder, "z/.qmail"), "&zoe@example.net\n");
    const empty = await read({ root });
    assert.deepEqual(empty.users, []);
    assert.match(
      empty.said,
      /^operator \/home\/vpopmail\/domains\/example\.org: example\.org has no vpasswd\(\.cdb\) .*and no database; its user folders alice, bob, carol and z get no account/m,
    );
    await mkdir(join(folder, "alice/Maildir"));
    const some = await read({ root });
    assert.deepEqual(some.users, ["alice@example.org"]);
    assert.match(some.said, /bob, carol and z get no account.*; alice has a Maildir and is taken/);
    // Where there is a database, that it is not asked is told of elsewhere.
    await mkdir(join(root, "home/vpopmail/etc"));
    await writeFile(join(root, "home/vpopmail/etc/vpopmail.mysql"), "localhost|0|u|p|vpopmail\n");
    const { said } = await read({ root });
    assert.match(said, /not known from the database; its user folders bob, carol and z get/);
    assert.doesNotMatch(said, /alice/);
  });

  test("a damaged table of users gives way to its text", async (t) => {
    const root = await buildToaster(t);
    await truncate(join(root, "home/vpopmail/domains/example.org/vpasswd.cdb"), 2100);
    const { said, users } = await read({ root });
    assert.match(said, /operator .*vpasswd\.cdb: .*make it again with vmkpasswd/);
    assert.ok(users.includes("alice@example.org"));
  });
});

async function manyUsers(t: TestContext, count: number): Promise<string> {
  const root = await temporaryFolder(t);
  const folder = join(root, "home/vpopmail/domains/example.org");
  await mkdir(folder, { recursive: true });
  const lines = Array.from(
    { length: count },
    (_, index) => `user${index}:x:1:0::/home/vpopmail/domains/example.org/user${index}:NOQUOTA\n`,
  );
  await writeFile(join(folder, "vpasswd"), lines.join(""));
  return root;
}

test("many users", async (t) => {
  const { users } = await read({ root: await manyUsers(t, 5_000) });
  assert.equal(users.length, 5_000);
});
