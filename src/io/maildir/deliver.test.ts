import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmdirSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createMaildirs, type Maildirs } from "./deliver.ts";
import { MaildirError } from "./maildir-error.ts";

const account = { local: "user", domain: "example.test" };
const fields = "Return-Path: <a@b.test>\r\nDelivered-To: user@example.test\r\n";
const needsRoot = { skip: process.getuid?.() !== 0 && "needs root, to mount a small disk" };

function maildirsIn(root: string): Maildirs {
  return createMaildirs({ root, hostname: "mx.test", processId: process.pid, now: Date.now });
}

async function temporary(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-maildir-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

function smallDisk(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "bailiwick-maildir-"));
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "none", folder]);
  context.after(() => {
    execFileSync("/bin/umount", [folder]);
    rmdirSync(folder);
  });
  return folder;
}

function at(root: string, ...names: readonly string[]): string {
  return join(root, "example.test", "user", ...names);
}

async function messages(root: string): Promise<readonly string[]> {
  const names = await readdir(at(root, "new"));
  return Promise.all(names.map((name) => readFile(at(root, "new", name), "utf8")));
}

function* chunks(text: string, size: number): Generator<Uint8Array, void> {
  const octets = Buffer.from(text);
  for (let from = 0; from < octets.length; from += size) yield octets.subarray(from, from + size);
}

async function* failing(): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from("Subject: half");
  throw new RangeError("the store is gone");
}

describe("delivery", () => {
  test("puts a message into new, with local line ends and its size", async (context) => {
    const root = join(await temporary(context), "mail");
    const content = "Subject: hello\r\n\r\nline\r\n..dots\r\n";
    await maildirsIn(root).deliver(account, fields, chunks(content, 5));
    const expected = (fields + content).replaceAll("\r\n", "\n");
    assert.deepEqual(await messages(root), [expected]);
    const [name] = await readdir(at(root, "new"));
    const sent = fields.length + content.length;
    const base = `\\d+\\.M\\d{6}P${process.pid}Q1\\.mx\\.test`;
    assert.match(name ?? "", new RegExp(`^${base},S=${expected.length},W=${sent}$`));
    assert.deepEqual(await readdir(at(root, "tmp")), []);
  });

  test("puts junk into its own folder, which is made as Maildir++ has it", async (context) => {
    const root = join(await temporary(context), "mail");
    const maildirs = maildirsIn(root);
    await maildirs.deliverAsJunk(account, fields, chunks("Subject: buy\r\n", 5));
    await maildirs.deliverAsJunk(account, fields, chunks("Subject: buy\r\n", 5));
    assert.deepEqual(await messages(root), []);
    assert.deepEqual(await readdir(at(root, ".Junk")), ["cur", "maildirfolder", "new", "tmp"]);
    const names = await readdir(at(root, ".Junk", "new"));
    assert.equal(names.length, 2);
    const [first = ""] = names;
    const stored = await readFile(at(root, ".Junk", "new", first), "utf8");
    assert.equal(stored, `${fields}Subject: buy\r\n`.replaceAll("\r\n", "\n"));
  });

  test("makes the Junk folder again that was taken away, and follows no link there", async (context) => {
    const root = join(await temporary(context), "mail");
    const maildirs = maildirsIn(root);
    await maildirs.deliverAsJunk(account, "", []);
    await rm(at(root, ".Junk"), { recursive: true });
    await assert.rejects(maildirs.deliverAsJunk(account, "", []), MaildirError);
    await maildirs.deliverAsJunk(account, fields, []);
    assert.equal((await readdir(at(root, ".Junk", "new"))).length, 1);
    await rm(at(root, ".Junk"), { recursive: true });
    await symlink(await temporary(context), at(root, ".Junk"));
    await assert.rejects(maildirsIn(root).deliverAsJunk(account, "", []), MaildirError);
  });

  test("makes folders and files that nobody else can read", async (context) => {
    const root = join(await temporary(context), "mail");
    await maildirsIn(root).deliver(account, fields, []);
    const [name = ""] = await readdir(at(root, "new"));
    for (const path of [
      root,
      join(root, "example.test"),
      at(root),
      at(root, "cur"),
      at(root, "new", name),
    ]) {
      assert.equal((await stat(path)).mode & 0o077, 0, path);
    }
  });

  test("of many messages at once, into few mailboxes, keeps every one", async (context) => {
    const root = join(await temporary(context), "mail");
    const maildirs = maildirsIn(root);
    const domains = ["a.test", "b.test", "c.test"];
    const sent = Array.from({ length: 300 }, (_, index) => `message ${index}\r\n`);
    await Promise.all(
      sent.map((text, index) =>
        maildirs.deliver({ local: "user", domain: domains[index % 3]! }, "", chunks(text, 4)),
      ),
    );
    const found: string[] = [];
    for (const domain of domains) {
      const folder = join(root, domain, "user", "new");
      for (const name of await readdir(folder))
        found.push(await readFile(join(folder, name), "utf8"));
    }
    assert.deepEqual(found.toSorted(), sent.map((text) => text.replace("\r\n", "\n")).toSorted());
  });

  test("makes a mailbox again that was taken away", async (context) => {
    const root = join(await temporary(context), "mail");
    const maildirs = maildirsIn(root);
    await maildirs.deliver(account, "", []);
    await rm(at(root), { recursive: true });
    await assert.rejects(maildirs.deliver(account, "", []), MaildirError);
    await maildirs.deliver(account, fields, []);
    assert.equal((await messages(root)).length, 1);
  });
});

describe("delivery that fails", () => {
  test("refuses a mailbox that would lie elsewhere", async (context) => {
    const root = await temporary(context);
    const elsewhere = { local: "../../etc", domain: "example.test" };
    await assert.rejects(maildirsIn(root).deliver(elsewhere, "", []), { status: "5.1.3" });
    assert.deepEqual(await readdir(root), []);
  });

  test("follows no symbolic link out of the mailboxes", async (context) => {
    const folder = await temporary(context);
    const elsewhere = join(folder, "elsewhere");
    const root = join(folder, "mail");
    await mkdir(join(elsewhere, "user"), { recursive: true });
    await mkdir(join(root, "example.test"), { recursive: true });
    await symlink(elsewhere, at(root));
    await symlink(elsewhere, join(root, "linked.test"));
    for (const domain of ["example.test", "linked.test"]) {
      const delivery = maildirsIn(root).deliver({ local: "user", domain }, "", []);
      await assert.rejects(delivery, { name: "MaildirError", status: "4.3.5" });
    }
    assert.deepEqual(await readdir(elsewhere, { recursive: true }), ["user"]);
  });

  test("leaves nothing behind when the content breaks off, and tells its error", async (context) => {
    const root = await temporary(context);
    await assert.rejects(maildirsIn(root).deliver(account, fields, failing()), RangeError);
    assert.deepEqual(await readdir(at(root, "tmp")), []);
    assert.deepEqual(await readdir(at(root, "new")), []);
  });

  test("never takes another message's place", async (context) => {
    const root = await temporary(context);
    const options = { root, hostname: "mx.test", processId: 1, now: () => 0 };
    await createMaildirs(options).deliver(account, "", [Buffer.from("one")]);
    const twin = createMaildirs(options).deliver(account, "", [Buffer.from("two")]);
    await assert.rejects(twin, { status: "4.3.0", message: /EEXIST/ });
    assert.deepEqual(await messages(root), ["one"]);
    assert.deepEqual(await readdir(at(root, "tmp")), []);
  });

  test("does not keep later ones from succeeding", async (context) => {
    const root = await temporary(context);
    const maildirs = maildirsIn(root);
    await maildirs.deliver(account, "", []);
    await rename(at(root, "new"), at(root, "away"));
    await writeFile(at(root, "new"), "a file where the folder should be");
    await assert.rejects(maildirs.deliver(account, "", []), { status: "4.3.0" });
    assert.deepEqual(await readdir(at(root, "tmp")), []);
    await rm(at(root, "new"));
    await rename(at(root, "away"), at(root, "new"));
    await maildirs.deliver(account, "", []);
    assert.equal((await messages(root)).length, 2);
  });

  test(
    "on a full disk leaves no trace, and goes on when there is room",
    needsRoot,
    async (context) => {
      const root = smallDisk(context);
      const large = chunks("x".repeat(100_000), 10_000);
      const full = { name: "MaildirError", status: "4.3.1", message: "the disk is full" };
      await assert.rejects(maildirsIn(root).deliver(account, fields, large), full);
      assert.deepEqual(await readdir(at(root, "tmp")), []);
      await maildirsIn(root).deliver(account, fields, chunks("small\r\n", 10));
      assert.equal((await messages(root)).length, 1);
    },
  );
});

test("what a killed process left in tmp is no message, and in nobody's way", async (context) => {
  const root = await temporary(context);
  const program = `
    import { createMaildirs } from ${JSON.stringify(import.meta.resolve("./deliver.ts"))};
    const options = { root: ${JSON.stringify(root)}, hostname: "mx.test", processId: 7, now: () => 0 };
    async function* endless() {
      for (;;) {
        yield Buffer.from("Subject: half a message\\r\\n");
        process.stdout.write("written");
      }
    }
    await createMaildirs(options).deliver(${JSON.stringify(account)}, "", endless());`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const left = await readdir(at(root, "tmp"));
  assert.equal(left.length, 1);
  assert.deepEqual(await messages(root), []);
  // The same name again, as after a restart in a container, where every process has the same id.
  const again = { root, hostname: "mx.test", processId: 7, now: () => 0 };
  const maildirs = createMaildirs(again);
  await assert.rejects(maildirs.deliver(account, "", []), { status: "4.3.0" });
  await maildirs.deliver(account, "", [Buffer.from("whole")]);
  assert.deepEqual(await messages(root), ["whole"]);
  assert.deepEqual(await readdir(at(root, "tmp")), left);
});
