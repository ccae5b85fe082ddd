// More than the limits allow: what is over a limit is refused, and everything else goes on.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  connectSmtp,
  doubleDots,
  openSession,
  sendLetter,
  type SmtpClient,
} from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import type { TestServer } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";
import { peakMemory } from "./support/memory.ts";
import { queueLength, startRelay } from "./support/relay.ts";

const megabyte = 1024 * 1024;
const limit = 25 * megabyte;
const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

function contentOf(octets: number): Buffer {
  const line = `${"x".repeat(62)}\r\n`;
  return Buffer.from("x".repeat(octets % line.length) + line.repeat(octets / line.length));
}

async function begin(client: SmtpClient): Promise<void> {
  await client.expect("MAIL FROM:<a@client.example>", "250");
  await client.expect("RCPT TO:<b@else.example>", "250");
}

async function sendWithData(client: SmtpClient, content: Buffer): Promise<string> {
  await begin(client);
  await client.expect("DATA", "354");
  client.write(doubleDots(content));
  return client.reply();
}

async function sendWithChunks(client: SmtpClient, content: Buffer): Promise<string> {
  await begin(client);
  const half = content.length >> 1;
  client.write(`BDAT ${half}\r\n`);
  client.write(content.subarray(0, half));
  assert.match(await client.reply(), /^250 /);
  client.write(`BDAT ${content.length - half} LAST\r\n`);
  client.write(content.subarray(half));
  return client.reply();
}

describe("a message of 25 MB", () => {
  test("and one octet is refused, declared or not, and one of 25 MB is taken", async (t) => {
    const server = await startRelay(t, { limits: { "message-size": "25MB" } });
    const client = await openSession(server.address);
    await client.expect(`MAIL FROM:<a@client.example> SIZE=${limit + 1}`, "552 5.3.4");
    await client.expect(`MAIL FROM:<a@client.example> SIZE=${limit}`, "250");
    await client.expect("RSET", "250");
    for (const send of [sendWithData, sendWithChunks]) {
      assert.match(await send(client, contentOf(limit + 1)), /^552 5\.3\.4 /);
      assert.match(await send(client, contentOf(limit)), /^250 /);
    }
    assert.equal(await queueLength(server), 2);
  });
});

describe("1,001 recipients", () => {
  for (const recipients of [100, 1000]) {
    test(`with a limit of ${recipients}: those above are put off`, async (t) => {
      const sink = await startSink(t);
      const server = await startRelay(t, { via: sink.name, limits: { recipients } });
      const client = await openSession(server.address);
      await client.expect("MAIL FROM:<a@client.example>", "250");
      const to = Array.from({ length: 1001 }, (_, index) => `r${index}@else.example`);
      client.write(to.map((address) => `RCPT TO:<${address}>\r\n`).join(""));
      for (const [index, address] of to.entries()) {
        const expected = index < recipients ? /^250 / : /^452 4\.5\.3 /;
        assert.match(await client.reply(), expected, address);
      }
      await client.expect("DATA", "354");
      await client.expect("Subject: many\r\n\r\ntext\r\n.", "250");
      await waitUntil(
        "all have it",
        () => sink.messages.flatMap((message) => message.recipients).length === recipients,
      );
    });
  }
});

async function untilWelcome(server: TestServer, from: string): Promise<SmtpClient> {
  return waitUntil("there is room again", async () => {
    const client = await connectSmtp(server.address, from);
    return (await client.reply()).startsWith("220") && client;
  });
}

describe("too many connections", () => {
  test("in all and from one client: 421, until one has left", async (t) => {
    const server = await startRelay(t, { limits: { connections: 3, "connections-per-client": 2 } });
    const first = await openSession(server.address, "127.0.0.1");
    const second = await openSession(server.address, "127.0.0.1");
    const third = await connectSmtp(server.address, "127.0.0.1");
    assert.match(await third.reply(), /^421 4\.7\.0 /);
    const other = await openSession(server.address, "127.0.0.2");
    const fourth = await connectSmtp(server.address, "127.0.0.3");
    assert.match(await fourth.reply(), /^421 4\.7\.0 /);
    assert.deepEqual([await third.rest(), await fourth.rest()], [[], []]);
    second.destroy();
    const next = await untilWelcome(server, "127.0.0.3");
    await next.expect("EHLO client.example", "250");
    for (const client of [first, other, next]) client.destroy();
  });
});

describe("a client that only wastes time", () => {
  test("with 10,000 unknown commands is sent away after a few", async (t) => {
    const server = await startRelay(t, {});
    const client = await connectSmtp(server.address);
    client.write("BLURB\r\n".repeat(10_000));
    const said = await client.rest();
    const codes = said.map((reply) => reply.slice(0, 3));
    assert.deepEqual(codes, ["220", ...codes.slice(1, -1).map(() => "500"), "421"]);
    assert.ok(said.length < 20, `${said.length} replies`);
    await sendLetter(server.address, letter);
  });

  test("with 1,000 commands that bring nothing is sent away after some", async (t) => {
    const server = await startRelay(t, {});
    const client = await connectSmtp(server.address);
    client.write("NOOP\r\n".repeat(1_000));
    assert.match((await client.rest()).at(-1) ?? "", /^421 4\.7\.0 /);
  });
});

describe("200 messages of 1 MB at once", () => {
  test("are taken and passed on in bounded memory", async (t) => {
    const sink = await startSink(t);
    const server = await startRelay(t, { via: sink.name });
    const content = contentOf(megabyte);
    const clients = await Promise.all(
      Array.from({ length: 200 }, () => openSession(server.address)),
    );
    const answers = await Promise.all(clients.map((client) => sendWithData(client, content)));
    assert.deepEqual(
      answers.filter((answer) => !answer.startsWith("250")),
      [],
    );
    await sink.until(200, 60_000);
    const peak = await peakMemory(server.pid);
    t.diagnostic(`the server held ${Math.round(peak / megabyte)} MB at most`);
    assert.ok(peak < 700 * megabyte, `${peak} octets`);
  });
});
