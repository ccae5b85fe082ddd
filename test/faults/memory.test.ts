// The memory for messages is used up: what arrives is put off until there is room again.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestServer } from "../support/server.ts";
import { openSession, sendLetter, type SmtpClient } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { startRelay } from "./support/relay.ts";

const content = `Subject: x\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(2_800)}`;
const letter = { from: "a@client.example", to: ["b@else.example"], content };

async function sendHalf(server: TestServer): Promise<SmtpClient> {
  const client = await openSession(server.address);
  await client.expect("MAIL FROM:<a@client.example>", "250");
  await client.expect("RCPT TO:<b@else.example>", "250");
  client.write(`BDAT ${content.length}\r\n${content}`);
  assert.match(await client.reply(), /^250 /);
  return client;
}

test("messages that arrive at once share the memory; those without are told 452", async (t) => {
  const sink = await startSink(t);
  const server = await startRelay(t, { via: sink.name, limits: { memory: "1MB" } });
  const clients = await Promise.all(Array.from({ length: 12 }, () => sendHalf(server)));
  const answers = await Promise.all(clients.map((client) => client.command("BDAT 0 LAST")));
  const taken = answers.filter((answer) => answer.startsWith("250"));
  const refused = answers.filter((answer) => answer.startsWith("452 4.3.1"));
  assert.equal(taken.length + refused.length, clients.length);
  assert.ok(taken.length > 0, "there was room for some");
  assert.ok(refused.length > 0, "there was room for all");
  assert.match((await sendLetter(server.address, letter)).content ?? "", /^250 /);
  assert.equal((await sink.until(taken.length + 1)).length, taken.length + 1);
});

test("mail that waits for a slow host does not keep out what arrives", async (t) => {
  const sink = await startSink(t, { script: () => "silence" });
  const server = await startRelay(t, { via: sink.name, limits: { memory: "1MB" } });
  for (let count = 0; count < 20; count++) {
    assert.match((await sendLetter(server.address, letter)).content ?? "", /^250 /);
  }
});
