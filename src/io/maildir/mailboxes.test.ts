import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { account, contentOf, temporary, TestMailbox, testMailbox } from "./fixture.test.ts";
import { createMailboxes } from "./mailboxes.ts";

describe("a mailbox that is opened", () => {
  test("is empty where nothing was ever delivered, and is not made", async (context) => {
    const mailbox = await testMailbox(context);
    assert.deepEqual((await mailbox.session()).messages, []);
    assert.deepEqual(await mailbox.measure(), { messages: 0, octets: 0 });
    assert.equal(existsSync(mailbox.root), false);
  });

  test("may lack some of its folders", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a");
    const session = await mailbox.session();
    assert.equal(session.messages.length, 1);
    session.markSeen(0);
    await session.close();
    assert.deepEqual(await mailbox.files(), ["cur/1.a:2,S"]);
    await rm(join(mailbox.folder, "new"), { recursive: true });
    assert.equal((await mailbox.session()).messages.length, 1);
  });

  test("has what was delivered, as it is stored, with sizes as it is sent", async (context) => {
    const mailbox = await testMailbox(context);
    const contents = ["Subject: a\r\n\r\nline\r\n", "", "Subject: b\r\n\r\n.\r\n..\r\n"];
    for (const content of contents) await mailbox.deliver(content);
    const session = await mailbox.session();
    assert.deepEqual(
      session.messages.map(({ size }) => size),
      contents.map(({ length }) => length),
    );
    for (const [index, content] of contents.entries()) {
      assert.equal(await contentOf(session, index), content.replaceAll("\r\n", "\n"));
    }
    const octets = contents.join("").length;
    assert.deepEqual(await mailbox.measure(), { messages: 3, octets });
    assert.equal(await mailbox.text("bailiwick-sizes"), undefined, "no file was opened for that");
  });

  test("shows files of any name, and nothing else", async (context) => {
    const mailbox = await testMailbox(context);
    const names = [
      "new/1.a",
      "new/2.a:2,",
      "cur/3.a",
      "cur/4.a:2,FS",
      "cur/5.a:1,odd",
      "cur/6.a:",
      "cur/7.a,S=1,W=2:2,S",
      "cur/8.\xff\xfe",
      "cur/9.a b\n",
      `cur/10.${"x".repeat(240)}`,
    ];
    await mailbox.writeAll([
      ...names,
      "new/.hidden",
      "cur/.hidden",
      "tmp/11.a",
      "12.a",
      ".Sent/new/13.a",
    ]);
    await mkdir(join(mailbox.folder, "cur/14.folder"));
    await symlink("/etc/passwd", join(mailbox.folder, "cur/15.link"));
    execFileSync("mkfifo", [join(mailbox.folder, "new/16.pipe")]);
    const session = await mailbox.session();
    assert.equal(session.messages.length, names.length);
    assert.deepEqual(session.messages.map(({ uid }) => uid).slice(0, 7), [
      "1.a",
      "2.a",
      "3.a",
      "4.a",
      "5.a",
      "6.a",
      "7.a,S=1,W=2",
    ]);
    for (const { uid } of session.messages) assert.match(uid, /^[!-~]{1,70}$/);
    for (const index of names.keys()) {
      assert.equal(await contentOf(session, index), "Subject: test\n\n");
    }
    for (const index of names.keys()) session.markSeen(index);
    assert.equal(await session.remove(Array.from(names.keys())), 0);
    await session.close();
    const left = ["cur/.hidden", "cur/14.folder", "cur/15.link", "new/.hidden", "new/16.pipe"];
    assert.deepEqual(await mailbox.files(), left);
  });

  test("with two messages of one name shows both", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a", "new\n");
    await mailbox.write("cur/1.a:2,S", "seen\n");
    await mailbox.write("cur/1.a:2,", "other\n");
    await mailbox.write("cur/2.a:2,", "last\n");
    const session = await mailbox.session();
    const contents: string[] = [];
    for (const index of session.messages.keys()) contents.push(await contentOf(session, index));
    assert.deepEqual(contents, ["other\n", "seen\n", "new\n", "last\n"]);
    assert.equal(new Set(session.messages.map(({ uid }) => uid)).size, 4);
    for (const index of session.messages.keys()) session.markSeen(index);
    assert.equal(await session.remove([1]), 0);
    await session.close();
    // The flag of one would take the place of another.
    assert.deepEqual(await mailbox.files(), ["cur/1.a:2,S", "cur/2.a:2,S", "new/1.a"]);
  });

  test("keeps ids over flags, moves and restarts", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.writeAll(["new/1.a", "new/2.b c", "cur/3.c:2,"]);
    const uids = await mailbox.uids();
    await rename(join(mailbox.folder, "new/1.a"), join(mailbox.folder, "cur/1.a:2,S"));
    await rename(join(mailbox.folder, "new/2.b c"), join(mailbox.folder, "cur/2.b c:2,"));
    await rename(join(mailbox.folder, "cur/3.c:2,"), join(mailbox.folder, "cur/3.c:2,FRS"));
    assert.deepEqual(await new TestMailbox(context, mailbox.root).uids(), uids);
  });
});

describe("the lock of a mailbox", () => {
  test("belongs to one session until that closes", async (context) => {
    const mailbox = await testMailbox(context);
    const session = await mailbox.session();
    assert.deepEqual(await mailbox.open(), { kind: "in-use" });
    await session.close();
    await session.close();
    const second = await mailbox.session();
    await session.close();
    assert.deepEqual(
      await mailbox.open(),
      { kind: "in-use" },
      "the first has nothing to give back",
    );
    await second.close();
  });

  test("is one for all spellings of an address, and another for another account", async (context) => {
    const root = await temporary(context);
    const mailboxes = createMailboxes(root);
    const kindOf = async (local: string) => (await mailboxes.open({ ...account, local })).kind;
    assert.equal(await kindOf("user"), "opened");
    assert.equal(await kindOf("User"), "in-use");
    assert.equal(await kindOf("other"), "opened");
  });

  test("is not kept by those who come together", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a");
    const opened = await Promise.all([mailbox.open(), mailbox.open(), mailbox.open()]);
    assert.deepEqual(opened.map(({ kind }) => kind).toSorted(), ["in-use", "in-use", "opened"]);
  });
});

describe("messages that were seen", () => {
  test("get the flag S in cur when the mailbox is closed; the others stay", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.writeAll(["new/1.a", "new/2.a", "cur/3.a:2,F", "cur/4.a:2,S", "new/5.a"]);
    const session = await mailbox.session();
    for (const index of [0, 2, 3, 4]) {
      await contentOf(session, index);
      session.markSeen(index);
    }
    await session.remove([4]);
    assert.deepEqual(await mailbox.files(), ["cur/3.a:2,F", "cur/4.a:2,S", "new/1.a", "new/2.a"]);
    await session.close();
    assert.deepEqual(await mailbox.files(), [
      "cur/1.a:2,S",
      "cur/3.a:2,FS",
      "cur/4.a:2,S",
      "new/2.a",
    ]);
  });

  test("keep the flags that others have set meanwhile", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.writeAll(["new/1.a", "new/2.a", "new/3.a"]);
    const session = await mailbox.session();
    for (const index of session.messages.keys()) session.markSeen(index);
    await mkdir(join(mailbox.folder, "cur"));
    await rename(join(mailbox.folder, "new/1.a"), join(mailbox.folder, "cur/1.a:2,Fab"));
    await unlink(join(mailbox.folder, "new/2.a"));
    await rename(join(mailbox.folder, "new/3.a"), join(mailbox.folder, "cur/3.a:2,"));
    await session.close();
    assert.deepEqual(await mailbox.files(), ["cur/1.a:2,FSab", "cur/3.a:2,S"]);
  });
});
