// Mailboxes that Dovecot and we read and write at the same time, on the real Dovecot.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { createMaildirs } from "../../src/io/maildir/deliver.ts";
import { createMailboxes } from "../../src/io/maildir/mailboxes.ts";
import type { OpenMailbox } from "../../src/io/maildir/open-mailbox.ts";
import { dovecotUser } from "../support/dovecot-configuration.ts";
import { type Dovecot, startDovecot, whyNoDovecot } from "../support/dovecot.ts";
import { converse, ImapSession } from "./dialogue.ts";

const skip = await whyNoDovecot();
const account = { local: "user", domain: "example.test" };
const users = { "user@example.test": "secret" };

/** A Dovecot, and us as its user: who is root becomes an ordinary user until the test is over. */
async function sideBySide(t: TestContext, extra = "") {
  const isRoot = process.getuid?.() === 0;
  const user = dovecotUser();
  const dovecot = await startDovecot(t, { users, extra });
  if (isRoot) {
    process.setegid?.(user.groupId);
    process.seteuid?.(user.userId);
    t.after(() => {
      process.seteuid?.(0);
      process.setegid?.(0);
    });
  }
  const root = dovecot.mailRoot;
  const hostname = "mx.test";
  const maildirs = createMaildirs({ root, hostname, processId: process.pid, now: Date.now });
  return {
    dovecot,
    folder: join(root, "example.test", "user"),
    mailboxes: createMailboxes(root),
    deliver: (content: string) => maildirs.deliver(account, "", [Buffer.from(content)]),
  };
}

type World = Awaited<ReturnType<typeof sideBySide>>;

async function open({ mailboxes }: World, t: TestContext): Promise<OpenMailbox> {
  const opened = await mailboxes.open(account);
  if (opened.kind !== "opened") assert.fail(JSON.stringify(opened));
  t.after(() => opened.mailbox.close());
  return opened.mailbox;
}

async function select(dovecot: Dovecot, t: TestContext): Promise<ImapSession> {
  const session = new ImapSession(dovecot.imap);
  t.after(() => session.close());
  await session.command("LOGIN user@example.test secret");
  await session.command("SELECT INBOX");
  return session;
}

/** Numbers and ids, or numbers and sizes, as Dovecot's POP3 server gives them. */
async function listByDovecot({ dovecot }: World, command: "UIDL" | "LIST") {
  const commands = ["USER user@example.test", "PASS secret", command, "QUIT"];
  const said = await converse(dovecot.pop3, commands);
  return Array.from(said.matchAll(/^\d+ (\S+)\r$/gm), ([, value]) => value);
}

const uidsOf = ({ messages }: OpenMailbox) => messages.map(({ uid }) => uid);
const sizesOf = ({ messages }: OpenMailbox) => messages.map(({ size }) => String(size));
const contentOf = (mailbox: OpenMailbox, index: number) => text(mailbox.read(index));

test("Dovecot says what it does not like about its configuration", { skip }, async (t) => {
  const started = startDovecot(t, { users, extra: "nonsense = yes" });
  await assert.rejects(started, /Unknown setting: nonsense/);
});

describe("after Dovecot's POP3 server", { skip }, () => {
  test("ids and sizes stay, and those of later messages never change", async (t) => {
    const world = await sideBySide(t);
    await world.deliver("Subject: one\r\n\r\nline\r\n");
    await world.deliver("Subject: two\r\n\r\nline\r\nline\r\n");
    const [uids, sizes] = [await listByDovecot(world, "UIDL"), await listByDovecot(world, "LIST")];
    const first = await open(world, t);
    assert.equal(first.messages.length, 2);
    assert.deepEqual([uidsOf(first), sizesOf(first)], [uids, sizes]);
    await first.close();

    await world.deliver("Subject: three\r\n\r\n");
    const second = await open(world, t);
    const seen = uidsOf(second);
    assert.deepEqual(seen.slice(0, 2), uids);
    await second.close();
    await select(world.dovecot, t); // numbers the third, and moves it to cur
    assert.deepEqual(uidsOf(await open(world, t)), seen);
  });

  test("ids that it saved in its list are honoured", async (t) => {
    const world = await sideBySide(
      t,
      "protocol pop3 {\n pop3_save_uidl = yes\n pop3_uidl_format = %g-%u\n}",
    );
    await world.deliver("Subject: one\r\n\r\n");
    const uids = await listByDovecot(world, "UIDL");
    assert.match(uids[0] ?? "", /-1$/);
    assert.deepEqual(uidsOf(await open(world, t)), uids);
  });
});

describe("while a mailbox is open", { skip }, () => {
  test("Dovecot moves messages and changes flags, and they are found again", async (t) => {
    const world = await sideBySide(t);
    for (const name of ["one", "two", "three"]) await world.deliver(`Subject: ${name}\r\n\r\n`);
    const mailbox = await open(world, t);
    const imap = await select(world.dovecot, t); // moves all to cur
    assert.equal((await readdir(join(world.folder, "new"))).length, 0);
    assert.equal(await contentOf(mailbox, 0), "Subject: one\n\n");
    await imap.command("STORE 1:3 +FLAGS (\\Flagged \\Answered $Label)");
    assert.equal(await contentOf(mailbox, 1), "Subject: two\n\n");
    assert.equal(await mailbox.remove([0, 1]), 0);
    assert.match(await imap.command("NOOP"), /^\* 2 EXPUNGE\r\n\* 1 EXPUNGE/m);
    mailbox.markSeen(2);
    await mailbox.close();
    await imap.command("NOOP"); // looks what has changed
    const flags = await imap.command("FETCH 1 FLAGS");
    for (const flag of ["\\Seen", "\\Flagged", "$Label"]) assert.ok(flags.includes(flag), flags);
  });

  test("what Dovecot expunges is gone, and counts as removed", async (t) => {
    const world = await sideBySide(t);
    for (const name of ["one", "two"]) await world.deliver(`Subject: ${name}\r\n\r\n`);
    const mailbox = await open(world, t);
    const imap = await select(world.dovecot, t);
    await imap.command("STORE 1 +FLAGS (\\Deleted)");
    await imap.command("EXPUNGE");
    await assert.rejects(contentOf(mailbox, 0), { name: "MessageGone" });
    assert.equal(await contentOf(mailbox, 1), "Subject: two\n\n");
    assert.equal(await mailbox.remove([0, 1]), 0);
    assert.match(await imap.command("NOOP"), /^\* 1 EXPUNGE/m);
  });

  test("what Dovecot adds comes with the next session, with its size", async (t) => {
    const world = await sideBySide(t);
    const mailbox = await open(world, t);
    const imap = await select(world.dovecot, t);
    const content = "Subject: appended\r\n\r\nline\r\n";
    await imap.command(`APPEND INBOX (\\Seen) {${content.length}+}\r\n${content}`);
    const delivered = await world.dovecot.deliver("user@example.test", "Subject: by LDA\n\n");
    assert.deepEqual(delivered, { code: 0, stdout: "", stderr: "" });
    assert.equal(mailbox.messages.length, 0);
    await mailbox.close();
    const next = await open(world, t);
    assert.deepEqual(sizesOf(next), await listByDovecot(world, "LIST"));
    assert.equal(next.messages.length, 2);
    assert.equal(await contentOf(next, 0), content.replaceAll("\r\n", "\n"));
  });
});

test(
  "with deliveries, flags and sessions at once every message is fetched once",
  { skip },
  async (t) => {
    const world = await sideBySide(t);
    const imap = await select(world.dovecot, t);
    const sent = Array.from({ length: 60 }, (_, index) => `Subject: ${index}\n\n`);
    const state = { busy: true };
    const others = (async () => {
      for (const content of sent.slice(0, 50)) await world.deliver(content);
      for (const content of sent.slice(50)) {
        assert.equal((await world.dovecot.deliver("user@example.test", content)).code, 0);
      }
      state.busy = false;
    })();
    const flags = (async () => {
      while (state.busy) {
        await imap.command("NOOP");
        await imap.command("UID STORE 1:* +FLAGS (\\Flagged)");
        await imap.command("UID STORE 1:* -FLAGS (\\Flagged)");
      }
    })();
    const fetched: string[] = [];
    for (let isLast = false; !isLast;) {
      isLast = !state.busy;
      const mailbox = await open(world, t);
      const had: number[] = [];
      for (const index of mailbox.messages.keys()) {
        fetched.push(await contentOf(mailbox, index));
        had.push(index);
      }
      assert.equal(await mailbox.remove(had), 0);
      await mailbox.close();
    }
    await Promise.all([others, flags]);
    const subjects = fetched
      .map((content) => /^Subject: \d+$/m.exec(content)?.[0] ?? content)
      .toSorted();
    assert.deepEqual(subjects, sent.map((content) => content.trim()).toSorted());
    assert.doesNotMatch(await world.dovecot.log(), /Panic|corrupt/);
  },
);

test("Dovecot finds no fault with what we deliver and leave", { skip }, async (t) => {
  const world = await sideBySide(t);
  const contents = ["Subject: a\r\n\r\nline\r\n", "", "no end", "Subject: b\r\n\r\n.\r\n\r\n"];
  for (const content of contents) await world.deliver(content);
  const mailbox = await open(world, t);
  mailbox.markSeen(0);
  await mailbox.close();
  const imap = await select(world.dovecot, t);
  assert.match(await imap.command("FETCH 1 (FLAGS)"), /\\Seen/);
  for (const [index, content] of contents.entries()) {
    const said = await imap.command(`FETCH ${index + 1} (RFC822.SIZE BODY.PEEK[])`);
    assert.ok(said.includes(`RFC822.SIZE ${content.length} `), said);
    assert.ok(said.includes(`BODY[] {${content.length}}\r\n${content}`) || content === "", said);
  }
  assert.doesNotMatch(await world.dovecot.log(), /Error|Warning|Panic|corrupt/);
});
