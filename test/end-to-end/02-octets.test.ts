// Messages as programs of all kinds write them arrive octet by octet as they were sent, whichever
// way they come in and go out: only the trace field is new.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createTransport } from "nodemailer";
import { runCommand, whyMissing } from "../support/command.ts";
import { addAccounts, newMail, untilMail } from "../support/mailbox.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { modern, type Sink, startSink } from "../support/sink.ts";
import { doubleDots, sendLetter } from "../support/smtp-client.ts";
import { assertSame, splitTrace } from "../support/octets.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const sender = "zoe@client.example";

interface World {
  readonly server: TestServer;
  /** Is sent chunks. */
  readonly chunked: Sink;
  /** Is sent DATA. */
  readonly plain: Sink;
}

/** Sends `content` to all of `to`. */
type Send = (server: TestServer, to: readonly string[], content: Buffer) => Promise<void>;

interface Way {
  readonly name: string;
  readonly send: Send;
  /** What it makes of a message: DATA cannot end in the middle of a line. */
  readonly makes: (content: Buffer) => Buffer;
}

const ways: readonly Way[] = [
  { name: "nodemailer", send: sendWithNodemailer, makes: withSomeLine },
  { name: "swaks", send: sendWithSwaks, makes: withSomeLine },
  { name: "BDAT in small chunks", send: sendInChunks, makes: (content) => content },
];

test("messages survive octet by octet", async (t) => {
  const world = await startWorld(t);
  const names = (await readdir(fixtures)).filter((name) => name.endsWith(".eml"));
  assert.ok(names.length > 10);
  const messages = await Promise.all(
    names.map(async (name) => ({ name, content: await readFile(join(fixtures, name)) })),
  );
  for (const way of ways) {
    const skip = way.name === "swaks" && (await whyMissing("swaks"));
    await t.test(`by ${way.name}`, { skip }, async (of) => {
      for (const { name, content } of messages) {
        await of.test(name, () => carry(world, way, content, `${ways.indexOf(way)}-${name}`));
      }
    });
  }
  const large = Buffer.concat([
    Buffer.from("From: <zoe@client.example>\r\nSubject: 20 MB\r\n\r\n"),
    Buffer.from(toLines(randomBytes(20 * 1024 * 1024).toString("base64"))),
    Buffer.from(`${"one line of 100,000 octets".padEnd(100_000, "!")}\r\n`),
  ]);
  for (const way of ways.filter(({ name }) => name !== "swaks")) {
    await t.test(`20 MB and a very long line by ${way.name}`, () =>
      carry(world, way, large, `${ways.indexOf(way)}-large`),
    );
  }
  await t.test("nothing of it was worth a warning", async () => {
    assert.equal(await world.server.stop(), 0);
    assert.deepEqual(
      world.server.log.filter(({ level }) => level > 30),
      [],
    );
  });
});

async function startWorld(t: TestContext): Promise<World> {
  const chunked = await startSink(t);
  const plain = await startSink(t, { offers: modern.filter((offer) => offer !== "CHUNKING") });
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      domains: { "example.org": { deliver: "mailboxes" } },
      limits: { "message-size": "40MB", errors: 1_000 },
      routes: [
        { to: "chunked.example", via: chunked.name },
        { to: "*", via: plain.name },
      ],
    },
  });
  await addAccounts(server, "alice@example.org");
  return { server, chunked, plain };
}

/** Sends a message both ways out and into the mailbox, and compares what comes. */
async function carry(world: World, way: Way, content: Buffer, label: string): Promise<void> {
  const { server, chunked, plain } = world;
  const mailBefore = await newMail(server, "alice@example.org");
  const [one, other] = [`${label}@chunked.example`, `${label}@plain.example`];
  await way.send(server, [one, other, "alice@example.org"], content);
  const expected = way.makes(content);
  assertSame(splitTrace((await chunked.untilFor(one)).content).rest, expected);
  assertSame(splitTrace((await plain.untilFor(other)).content).rest, withLineEnd(expected));
  const mail = await untilMail(server, "alice@example.org", mailBefore.length + 1);
  const arrived = mail.filter((text) => !mailBefore.includes(text));
  assert.equal(arrived.length, 1);
  const [returnPath, deliveredTo, rest = ""] = cutLines(arrived[0] ?? "", 2);
  assert.equal(returnPath, `Return-Path: <${sender}>`);
  assert.equal(deliveredTo, "Delivered-To: alice@example.org");
  const local = Buffer.from(expected.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  assertSame(splitTrace(Buffer.from(rest, "latin1")).rest, local);
}

function withLineEnd(content: Buffer): Buffer {
  const isEnded = content.length === 0 || content.subarray(-2).equals(Buffer.from("\r\n"));
  return isEnded ? content : Buffer.concat([content, Buffer.from("\r\n")]);
}

/** An empty message becomes an empty line. */
function withSomeLine(content: Buffer): Buffer {
  return content.length === 0 ? Buffer.from("\r\n") : withLineEnd(content);
}

function cutLines(text: string, count: number): readonly string[] {
  const lines = text.split("\n");
  return [...lines.slice(0, count), lines.slice(count).join("\n")];
}

function toLines(base64: string): string {
  return base64.replace(/.{76}/g, "$&\r\n").concat("\r\n");
}

async function sendWithNodemailer(server: TestServer, to: readonly string[], content: Buffer) {
  const transport = createTransport({ ...server.address, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { from: sender, to: [...to] }, raw: content });
  } finally {
    transport.close();
  }
}

async function sendWithSwaks(server: TestServer, to: readonly string[], content: Buffer) {
  const file = join(server.folder, "swaks.data");
  // The final CR LF is swaks' own.
  await writeFile(file, doubleDots(withSomeLine(content)).subarray(0, -2));
  const { host, port } = server.address;
  const words =
    `--server ${host} --port ${port} --from ${sender} --to ${to.join(",")} ` +
    `--data @${file} --no-data-fixup --silent 2`;
  const { code, stderr } = await runCommand("swaks", words.split(" "));
  assert.equal(code, 0, stderr);
}

async function sendInChunks(server: TestServer, to: readonly string[], content: Buffer) {
  const chunks = content.length > 1_000_000 ? 1_000_003 : 701;
  const sent = await sendLetter(server.address, { from: sender, to, content, chunks });
  assert.match(sent.content ?? "", /^250 /);
}
