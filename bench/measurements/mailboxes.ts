// How long a large mailbox takes to be opened, read and emptied, by where sizes and ids come from.
import { mkdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createMailboxes, type Mailboxes } from "../../src/io/maildir/mailboxes.ts";
import type { OpenMailbox } from "../../src/io/maildir/open-mailbox.ts";
import { spread } from "../statistics.ts";
import type { Spread } from "../statistics.ts";
import type { Workspace } from "../workspace.ts";

interface MailboxTimes {
  readonly act: string;
  /** Milliseconds. */
  readonly time: Spread;
  /** The longest that the event loop was kept, in ms. */
  readonly pause: number;
}

export interface MailboxResults {
  readonly messages: number;
  /** Octets of memory that an open mailbox holds for each of them. */
  readonly octetsEach: number;
  readonly times: readonly MailboxTimes[];
}

const account = { local: "user", domain: "example.test" };
/** As stored; the octets do not matter, lines do. */
const content = `Subject: bench\n\n${`${"x".repeat(70)}\n`.repeat(28)}`;
const sent = content.length + content.split("\n").length - 1;
/** Of one kind each, but for those that can be had once only. */
const rounds = 5;

interface Kind {
  readonly name: string;
  /** What stands behind the unique part of a name. */
  readonly fields: string;
  readonly list?: { readonly file: string; readonly head: string; readonly line: Line };
}

type Line = (name: string, number: number) => string;

const kinds: readonly Kind[] = [
  { name: "names with sizes (our own, Dovecot's)", fields: `,S=${content.length},W=${sent}` },
  {
    name: "after Dovecot, with its list",
    fields: `,S=${content.length}`,
    list: {
      file: "dovecot-uidlist",
      head: "3 V1700000000 N2000000",
      line: (name, number) => `${number} W${sent} :${name}`,
    },
  },
  {
    name: "after Courier, with its list",
    fields: `,S=${content.length}`,
    list: {
      file: "courierpop3dsizelist",
      head: "/3 2000000 1700000000",
      line: (name, number) => `${name} ${sent} ${number}:1700000000:0`,
    },
  },
];
const unsized: Kind = { name: "names without sizes", fields: "" };

/** @param messages in each mailbox */
export async function measureMailboxes(
  { directory }: Workspace,
  messages: number,
): Promise<MailboxResults> {
  const root = join(directory, "mail");
  const mailboxes = createMailboxes(root);
  const times: MailboxTimes[] = [];
  for (const kind of kinds) {
    fill(root, kind, messages);
    times.push(await measure(`open: ${kind.name}`, rounds, () => openOnce(mailboxes)));
    await rm(root, { recursive: true });
  }
  fill(root, unsized, messages);
  times.push(await measure(`open: ${unsized.name}, the first time`, 1, () => openOnce(mailboxes)));
  times.push(await measure(`open: ${unsized.name}, later`, rounds, () => openOnce(mailboxes)));
  const before = heap();
  const mailbox = await open(mailboxes);
  const octetsEach = (heap() - before) / messages;
  times.push(await measure("read all", 1, () => readAll(mailbox)));
  times.push(await measure("mark all as seen", 1, () => markAll(mailbox)));
  const again = await open(mailboxes);
  times.push(await measure("remove all", 1, () => removeAll(again)));
  await again.close();
  return { messages, octetsEach, times };
}

function fill(root: string, { fields, list }: Kind, messages: number): void {
  const folder = join(root, account.domain, account.local);
  for (const name of ["tmp", "new", "cur"]) mkdirSync(join(folder, name), { recursive: true });
  const lines: string[] = list === undefined ? [] : [list.head];
  for (let number = 1; number <= messages; number++) {
    const unique = `${1_700_000_000 + number}.M${String(number).padStart(6, "0")}P4242Q${number}`;
    const name = `${unique}.mail.example.org${fields}`;
    // Half of them have been seen.
    const place = number % 2 === 0 ? `cur/${name}:2,S` : `new/${name}`;
    writeFileSync(join(folder, place), content);
    if (list !== undefined) lines.push(list.line(name, number));
  }
  if (list !== undefined) writeFileSync(join(folder, list.file), `${lines.join("\n")}\n`);
}

async function measure(
  act: string,
  times: number,
  work: () => Promise<void>,
): Promise<MailboxTimes> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const taken: number[] = [];
  delays.enable();
  for (let round = 0; round < times; round++) {
    const from = performance.now();
    await work();
    taken.push(performance.now() - from);
  }
  delays.disable();
  return { act, time: spread(taken), pause: delays.max / 1e6 };
}

async function open(mailboxes: Mailboxes): Promise<OpenMailbox> {
  const opened = await mailboxes.open(account);
  if (opened.kind !== "opened") throw new Error(JSON.stringify(opened));
  return opened.mailbox;
}

async function openOnce(mailboxes: Mailboxes): Promise<void> {
  const mailbox = await open(mailboxes);
  await mailbox.close();
}

async function readAll(mailbox: OpenMailbox): Promise<void> {
  for (const index of mailbox.messages.keys()) {
    for await (const chunk of mailbox.read(index)) if (chunk.length === 0) throw new Error("empty");
  }
}

async function markAll(mailbox: OpenMailbox): Promise<void> {
  for (const index of mailbox.messages.keys()) mailbox.markSeen(index);
  await mailbox.close();
}

async function removeAll(mailbox: OpenMailbox): Promise<void> {
  const failed = await mailbox.remove([...mailbox.messages.keys()]);
  if (failed > 0) throw new Error(`${failed} messages could not be removed`);
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
