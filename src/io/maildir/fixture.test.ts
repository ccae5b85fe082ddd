// What the tests of mailboxes share: a mailbox with files in it, and a session that reads them.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { createMaildirs, type Maildirs } from "./deliver.ts";
import { createMailboxes, type Mailboxes } from "./mailboxes.ts";
import type { OpenMailbox } from "./open-mailbox.ts";
import { pathIn } from "./read-file.ts";

export const account = { local: "user", domain: "example.test" };

export async function temporary(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-maildir-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Root may do all: permissions are tried as an ordinary user, until the test is over. */
export function becomeOrdinary(context: TestContext): void {
  if (process.geteuid?.() !== 0) return;
  process.seteuid?.("nobody");
  context.after(() => process.seteuid?.(0));
}

/** One mailbox below a root of its own. */
export class TestMailbox {
  readonly root: string;
  readonly folder: string;
  readonly #context: TestContext;
  readonly #maildirs: Maildirs;
  readonly #mailboxes: Mailboxes;

  constructor(context: TestContext, root: string) {
    this.root = root;
    this.folder = join(root, account.domain, account.local);
    this.#context = context;
    const names = { hostname: "mx.test", processId: process.pid, now: Date.now };
    this.#maildirs = createMaildirs({ root, ...names });
    this.#mailboxes = createMailboxes(root);
  }

  /** @param name one character for each octet: `cur/1.a:2,S` */
  async write(name: string, content = "Subject: test\n\n"): Promise<void> {
    const parent = dirname(join(this.folder, name));
    if (!existsSync(parent)) await mkdir(parent, { recursive: true });
    await writeFile(pathIn(this.folder, name), content, "latin1");
  }

  async writeAll(names: readonly string[]): Promise<void> {
    for (const name of names) await this.write(name);
  }

  deliver(content: string): Promise<void> {
    return this.#maildirs.deliver(account, "", [Buffer.from(content)]);
  }

  open(): ReturnType<Mailboxes["open"]> {
    return this.#mailboxes.open(account);
  }

  measure(): ReturnType<Mailboxes["measure"]> {
    return this.#mailboxes.measure(account);
  }

  /** Fails where it cannot be opened; it is closed after the test at the latest. */
  async session(): Promise<OpenMailbox> {
    const opened = await this.open();
    if (opened.kind !== "opened") assert.fail(JSON.stringify(opened));
    this.#context.after(() => opened.mailbox.close());
    return opened.mailbox;
  }

  /** Ids of all messages, in a session of its own. */
  async uids(): Promise<readonly string[]> {
    const mailbox = await this.session();
    await mailbox.close();
    return mailbox.messages.map(({ uid }) => uid);
  }

  async sizes(): Promise<readonly number[]> {
    const mailbox = await this.session();
    await mailbox.close();
    return mailbox.messages.map(({ size }) => size);
  }

  /** `new/NAME` and `cur/NAME`, sorted; one character for each octet. */
  async files(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const folder of ["cur", "new"]) {
      if (!existsSync(join(this.folder, folder))) continue;
      const names = await readdir(join(this.folder, folder), { encoding: "latin1" });
      found.push(...names.map((name) => `${folder}/${name}`));
    }
    return found.toSorted();
  }

  /** The text of a file in the mailbox's folder; undefined where there is none. */
  text(name: string): Promise<string | undefined> {
    return readFile(join(this.folder, name), "latin1").catch(() => undefined);
  }
}

export async function testMailbox(context: TestContext): Promise<TestMailbox> {
  return new TestMailbox(context, join(await temporary(context), "mail"));
}

export async function contentOf(mailbox: OpenMailbox, index: number): Promise<string> {
  return (await buffer(mailbox.read(index))).toString("latin1");
}
