// The end of a server's life: what is under way is finished, the rest waits for the next start.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openSession, sendLetter, type SmtpClient } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { temporaryFolder, type TestServer } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";
import { startRelay } from "./support/relay.ts";
import { inspectStore, nothingLeft } from "./support/store-file.ts";

const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

async function beginContent(server: TestServer): Promise<SmtpClient> {
  const client = await openSession(server.address);
  await client.expect("MAIL FROM:<a@client.example>", "250");
  await client.expect("RCPT TO:<b@else.example>", "250");
  await client.expect("DATA", "354");
  return client;
}

describe("SIGTERM", () => {
  test("lets a message that is arriving end, and tells everybody else 421", async (t) => {
    const server = await startRelay(t, {});
    const idle = await openSession(server.address);
    const amid = await beginContent(server);
    amid.write("Subject: the last one\r\n");
    server.signal("SIGTERM");
    assert.match(await idle.reply(), /^421 4\.3\.2 /);
    idle.destroy();
    await assert.rejects(openSession(server.address), "new clients are not accepted");
    await amid.expect("\r\ntext\r\n.", "250");
    assert.match((await amid.rest()).join(), /^421 4\.3\.2 /);
    assert.equal(await server.ended, 0);
    assert.equal(inspectStore(server.dataFolder).messages, 1);
  });

  test("lets a delivery end that is under way", async (t) => {
    const sink = await startSink(t, {
      script: ({ stage }) => (stage === "final" ? { wait: 500 } : undefined),
    });
    const server = await startRelay(t, { via: sink.name });
    await sendLetter(server.address, letter);
    await waitUntil("the delivery is under way", () => sink.heard.length === 1);
    assert.equal(await server.stop(), 0);
    assert.equal(sink.messages.length, 1);
    assert.deepEqual(inspectStore(server.dataFolder), nothingLeft);
  });

  test("cuts a delivery that does not end, and keeps its message for the next start", async (t) => {
    const sink = await startSink(t, {
      script: ({ stage }) => (stage === "mail" ? "silence" : undefined),
    });
    const folder = await temporaryFolder(t);
    const server = await startRelay(t, { folder, via: sink.name });
    await sendLetter(server.address, letter);
    await waitUntil("the delivery is under way", () => sink.commands.length > 1);
    assert.equal(await server.stop(), 0);
    assert.equal(inspectStore(server.dataFolder).messages, 1);
    sink.follow(() => undefined);
    const next = await startRelay(t, { folder, via: sink.name });
    await sink.until(1);
    assert.equal(await next.stop(), 0);
    assert.deepEqual(inspectStore(server.dataFolder), nothingLeft);
  });

  test("does not wait for a caller of the control socket that says nothing", async (t) => {
    const server = await startRelay(t, {});
    const caller = connect(join(server.dataFolder, "control.sock"));
    await once(caller, "connect");
    assert.equal(await server.stop(), 0);
    caller.destroy();
  });

  test("twice ends at once, and what was acknowledged is on disk", async (t) => {
    const server = await startRelay(t, {});
    await sendLetter(server.address, letter);
    const amid = await beginContent(server);
    server.signal("SIGTERM");
    await server.untilLogged(({ event }) => event === "stopping");
    server.signal("SIGTERM");
    assert.equal(await server.ended, 1);
    amid.destroy();
    assert.equal(inspectStore(server.dataFolder).messages, 1);
  });
});
