// Mailboxes that cannot be read, or only in part, or that lead elsewhere.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import {
  account,
  becomeOrdinary,
  contentOf,
  temporary,
  TestMailbox,
  testMailbox,
} from "./fixture.test.ts";
import { createMailboxes } from "./mailboxes.ts";

const needsRoot = { skip: process.getuid?.() !== 0 && "needs root, to mount a small disk" };

async function refuses(mailbox: TestMailbox, why: RegExp): Promise<void> {
  const opened = await mailbox.open();
  assert.equal(opened.kind, "unavailable");
  assert.match(opened.kind === "unavailable" ? opened.why : "", why);
  await assert.rejects(mailbox.measure());
}

describe("a mailbox that leads elsewhere", () => {
  for (const linked of ["", "user", "user/new", "user/cur", "user/tmp"]) {
    test(`by a link at example.test/${linked} is not read`, async (context) => {
      const folder = await temporary(context);
      const elsewhere = new TestMailbox(context, join(folder, "elsewhere"));
      await elsewhere.writeAll(["new/1.secret", "cur/2.secret", "tmp/3.secret"]);
      const mailbox = new TestMailbox(context, join(folder, "mail"));
      await mailbox.writeAll(["new/1.a", "cur/2.a", "tmp/3.a"]);
      const path = join(mailbox.root, account.domain, linked);
      await rm(path, { recursive: true });
      await symlink(join(elsewhere.root, account.domain, linked), path);
      await refuses(mailbox, /^where the folder .* should be there is a symbolic link, or a file$/);
      await unlink(path);
      await mailbox.session(); // nothing is left locked
    });
  }

  test("by the name of its account has no folder", async (context) => {
    const folder = await temporary(context);
    const mailboxes = createMailboxes(join(folder, "mail"));
    for (const local of [
      "../../etc",
      "..",
      ".",
      "",
      "a/b",
      "/etc",
      "a\0b",
      ".Sent",
      "x".repeat(300),
    ]) {
      const opened = await mailboxes.open({ ...account, local });
      assert.equal(opened.kind, "unavailable", local);
    }
    assert.deepEqual(await readdir(folder), []);
  });

  test("only at its root is the operator's wish", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a");
    const link = join(dirname(mailbox.root), "link");
    await symlink(mailbox.root, link);
    assert.equal((await new TestMailbox(context, link).session()).messages.length, 1);
  });

  test("is no longer read when a link takes a message's place", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.writeAll(["new/1.a", "new/2.a"]);
    const session = await mailbox.session();
    for (const name of ["1.a", "2.a"]) await unlink(join(mailbox.folder, "new", name));
    await symlink("/etc/passwd", join(mailbox.folder, "new/1.a"));
    execFileSync("mkfifo", [join(mailbox.folder, "new/2.a")]);
    const unreadable = { name: "MessageUnreadable", message: /in its place/ };
    await assert.rejects(contentOf(session, 0), unreadable);
    await assert.rejects(contentOf(session, 1), unreadable);
  });
});

describe("where the server has no right", () => {
  test("to read a mailbox, that is said", async (context) => {
    becomeOrdinary(context);
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a");
    for (const name of ["", "new"]) {
      const path = join(mailbox.folder, name);
      await chmod(path, 0);
      await refuses(mailbox, /^the server has no right to read it$/);
      await chmod(path, 0o700);
    }
    await mailbox.session();
  });

  test("to read a message, the others can be read", async (context) => {
    becomeOrdinary(context);
    const mailbox = await testMailbox(context);
    await mailbox.writeAll(["new/1.a", "new/2.a"]);
    await chmod(join(mailbox.folder, "new/1.a"), 0);
    const session = await mailbox.session();
    assert.deepEqual(
      session.messages.map(({ size }) => size),
      [15, 17],
      "about as large as its file",
    );
    await assert.rejects(contentOf(session, 0), { name: "MessageUnreadable", message: /no right/ });
    assert.equal(await contentOf(session, 1), "Subject: test\n\n");
    assert.equal(await session.remove([0]), 0, "that is a right to the folder");
  });

  test("to write, messages can be read, and it is known how many stay", async (context) => {
    becomeOrdinary(context);
    const mailbox = await testMailbox(context);
    await mailbox.writeAll(["new/1.a", "cur/2.a:2,", "cur/3.a:2,"]);
    await chmod(join(mailbox.folder, "cur"), 0o500);
    await chmod(mailbox.folder, 0o500);
    const session = await mailbox.session();
    for (const index of [0, 1, 2]) {
      assert.equal(await contentOf(session, index), "Subject: test\n\n");
      session.markSeen(index);
    }
    assert.equal(await session.remove([0, 1, 2]), 2);
    await session.close();
    for (const path of [mailbox.folder, join(mailbox.folder, "cur")]) await chmod(path, 0o700);
    assert.deepEqual(await mailbox.files(), ["cur/2.a:2,", "cur/3.a:2,"]);
  });
});

test("what became a folder cannot be removed, and is counted", async (context) => {
  const mailbox = await testMailbox(context);
  await mailbox.writeAll(["new/1.a", "new/2.a"]);
  const session = await mailbox.session();
  await unlink(join(mailbox.folder, "new/1.a"));
  await mkdir(join(mailbox.folder, "new/1.a"));
  assert.equal(await session.remove([0, 1]), 1);
});

test("a mailbox that is taken away whole is empty the next time", async (context) => {
  const mailbox = await testMailbox(context);
  await mailbox.writeAll(["new/1.a", "cur/2.a:2,"]);
  const session = await mailbox.session();
  await rename(mailbox.folder, `${mailbox.folder}-away`);
  await assert.rejects(contentOf(session, 0), { name: "MessageGone" });
  session.markSeen(1);
  assert.equal(await session.remove([0, 1]), 0);
  await session.close();
  assert.deepEqual(await mailbox.uids(), []);
  assert.equal(existsSync(mailbox.folder), false);
});

test("files where folders should be are said", async (context) => {
  const mailbox = await testMailbox(context);
  await mkdir(dirname(mailbox.folder), { recursive: true });
  await writeFile(mailbox.folder, "");
  await refuses(mailbox, /^where the folder user should be/);
});

test(
  "on a full disk messages are read and removed, which makes room",
  needsRoot,
  async (context) => {
    const root = await smallDisk(context);
    const mailbox = new TestMailbox(context, root);
    await mailbox.write("new/1.a", "a\n");
    await mailbox.write("new/2.a", "x\n".repeat(10_000));
    await writeFile(join(root, "filler"), "x".repeat(100_000)).catch(() => {});
    const session = await mailbox.session();
    assert.deepEqual(
      session.messages.map(({ size }) => size),
      [3, 30_000],
    );
    assert.equal(await contentOf(session, 0), "a\n");
    session.markSeen(0);
    assert.equal(await session.remove([1]), 0);
    await session.close();
    assert.deepEqual(await mailbox.uids(), ["1.a"]);
    assert.equal(await mailbox.text("bailiwick-uids"), "1 none\n");
  },
);

async function smallDisk(context: TestContext): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), "bailiwick-maildir-"));
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk]);
  context.after(async () => {
    execFileSync("/bin/umount", [disk]);
    await rmdir(disk);
  });
  return disk;
}

test("without a free descriptor it is unavailable for the time being", async (context) => {
  const mailbox = await testMailbox(context);
  await mailbox.writeAll(["new/1.a", "new/2.a"]);
  const program = `
    import { closeSync, openSync } from "node:fs";
    import { createMailboxes } from ${JSON.stringify(import.meta.resolve("./mailboxes.ts"))};
    const mailboxes = createMailboxes(${JSON.stringify(mailbox.root)});
    const taken = [];
    try { for (;;) taken.push(openSync("/dev/null")); } catch {}
    const account = ${JSON.stringify(account)};
    const { kind, why } = await mailboxes.open(account);
    for (const descriptor of taken) closeSync(descriptor);
    const { mailbox } = await mailboxes.open(account);
    console.log(JSON.stringify([kind, why, mailbox.messages.length]));`;
  const limited = `ulimit -n 100; exec "$0" --input-type=module --eval "$1"`;
  const { stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, program]);
  const expected = ["unavailable", "no file descriptor is free", 2];
  assert.deepEqual(JSON.parse(String(stdout) || "null"), expected, String(stderr));
});
