// Clients that take their time, or that never listen: none keeps its connection for ever.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestServer } from "../support/server.ts";
import { connectSmtp, openSession, sendLetter, type SmtpClient } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";
import { peakMemory } from "./support/memory.ts";
import { startRelay } from "./support/relay.ts";

const megabyte = 1024 * 1024;
const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

function untilCut({ socket }: SmtpClient): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });
}

/** Writes a piece some times a second, and never ends its side: until the connection is cut.
 * Resolves with the last reply. */
async function drip(client: SmtpClient, piece: string): Promise<string> {
  const timer = setInterval(() => client.write(piece), 200);
  await untilCut(client);
  clearInterval(timer);
  return client.unread.at(-1) ?? "";
}

async function begin(server: TestServer): Promise<SmtpClient> {
  const client = await openSession(server.address);
  await client.expect("MAIL FROM:<a@client.example>", "250");
  await client.expect("RCPT TO:<b@else.example>", "250");
  return client;
}

describe("a client that wastes time", { concurrency: true }, () => {
  test("with an octet now and then is cut off", async (t) => {
    const limits = { "command-time": "1s", "message-time": "2s" };
    const server = await startRelay(t, { limits });
    const inCommand = await connectSmtp(server.address);
    const inContent = await begin(server);
    await inContent.expect("DATA", "354");
    const inChunks = await begin(server);
    const last = await Promise.all([
      drip(inCommand, "x"),
      drip(inContent, "x"),
      drip(inChunks, "BDAT 3\r\nabc"),
    ]);
    for (const said of last) assert.match(said, /^421 4\.4\.2 /);
    await sendLetter(server.address, letter);
  });

  test("without a word does not keep its place", async (t) => {
    const limits = { "command-time": "1s", "connections-per-client": 1 };
    const server = await startRelay(t, { limits });
    const client = await connectSmtp(server.address);
    await waitUntil("there is room again", async () => {
      const next = await connectSmtp(server.address);
      const said = await next.reply();
      next.destroy();
      return said.startsWith("220");
    });
    assert.match(client.unread.at(-1) ?? "", /^421 4\.4\.2 /);
    client.destroy();
  });

  test("with an endless line is told so once, costs no memory, and is cut off", async (t) => {
    const server = await startRelay(t, { limits: { "command-time": "1s" } });
    const before = await peakMemory(server.pid);
    const client = await connectSmtp(server.address);
    const timer = setInterval(() => {
      if (client.socket.writableLength === 0) client.write("x".repeat(megabyte));
    }, 5);
    await untilCut(client);
    clearInterval(timer);
    const codes = client.unread.map((said) => said.slice(0, 3));
    assert.deepEqual(codes, ["220", "500", "421"]);
    assert.ok(client.socket.bytesWritten > 10 * megabyte, "the line was not long");
    assert.ok((await peakMemory(server.pid)) - before < 150 * megabyte);
  });

  test("without reading its replies is stopped, and cut off", async (t) => {
    const server = await startRelay(t, { limits: { "command-time": "1s", recipients: 1 } });
    const client = await begin(server);
    const before = await peakMemory(server.pid);
    client.socket.pause();
    // Each of these is answered with more octets than it has.
    const commands = "RCPT TO:<c@else.example>\r\n".repeat(40_000);
    const timer = setInterval(() => {
      if (client.socket.writableLength < megabyte) client.write(commands);
    }, 5);
    await untilCut(client);
    clearInterval(timer);
    assert.ok((await peakMemory(server.pid)) - before < 150 * megabyte);
    await sendLetter(server.address, letter);
  });
});
