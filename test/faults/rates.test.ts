// Limits over time: who is over one is put off, comes back after a while, and nobody else notices.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Cleanup } from "../support/cleanup.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { connectSmtp, openSession, sendLetter } from "../support/smtp-client.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";
import type { Section } from "./support/relay.ts";

const letter = {
  from: "a@client.example",
  to: ["b@ours.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

/** A secondary MX: it takes mail for ours.example from strangers; 127.0.0.9 may relay. */
function configuration(sink: Sink, limits: Section): Section {
  return {
    relay: { networks: ["127.0.0.9"] },
    domains: {
      "ours.example": { "relay-to": sink.name },
      "mailboxes.example": { deliver: "mailboxes" },
    },
    limits,
  };
}

async function start(t: Cleanup, limits: Section): Promise<{ server: TestServer; sink: Sink }> {
  const sink = await startSink(t);
  const server = await startBailiwick(t, { configuration: configuration(sink, limits) });
  return { server, sink };
}

/** The first reply that is no acceptance, or the last one. */
async function send(server: TestServer, from: string, recipients = 1): Promise<string> {
  const to = Array.from({ length: recipients }, (_, index) => `b${index}@ours.example`);
  const { recipients: replies, content } = await sendLetter(
    server.address,
    { ...letter, to },
    from,
  );
  return [...replies, content ?? ""].find((said) => !said.startsWith("250")) ?? content ?? "";
}

const putOff = (limit: string) =>
  new RegExp(`^450 4\\.7\\.1 Limit reached \\(${limit}\\); try again later \\(`);

describe("a limit on messages", () => {
  test("puts off one client alone, and lets it send again when time has passed", async (t) => {
    const { server } = await start(t, { rates: { client: { messages: "2 per 4s" } } });
    const began = performance.now();
    let taken = 0;
    let said = await send(server, "127.0.0.2", 3);
    for (; said.startsWith("250"); taken++) said = await send(server, "127.0.0.2", 3);
    const flowedBack = (performance.now() - began) / 2_000;
    assert.ok(taken >= 2 && taken <= 2 + flowedBack, `${taken} messages`);
    assert.match(said, putOff("2 messages in 4 seconds from your address"));
    assert.match(await send(server, "127.0.0.3"), /^250/);
    for (let message = 0; message < 5; message++) {
      assert.match(await send(server, "127.0.0.9"), /^250/);
    }
    await waitUntil("it may send again", async () =>
      (await send(server, "127.0.0.2")).startsWith("250"),
    );
    const logged = await server.untilLogged(({ reason }) => reason === "rate-limited");
    assert.equal(logged["detail"], "2 messages in 4 seconds from your address");
  });

  test("holds for messages that come at once over many connections", async (t) => {
    const { server, sink } = await start(t, { rates: { client: { messages: "5 per 1h" } } });
    const clients = await Promise.all(
      Array.from({ length: 15 }, () => openSession(server.address, "127.0.0.2")),
    );
    // Every one has its recipient accepted before the first says DATA.
    for (const client of clients) {
      await client.expect("MAIL FROM:<a@client.example>", "250");
      await client.expect("RCPT TO:<b@ours.example>", "250");
    }
    const answers = await Promise.all(clients.map((client) => client.command("DATA")));
    const [yes, no] = ["354", "450"].map((code) => answers.filter((text) => text.startsWith(code)));
    assert.deepEqual([yes?.length, no?.length], [5, 10]);
    for (const said of no ?? []) assert.match(said, putOff("5 messages an hour from your address"));
    for (const [index, client] of clients.entries()) {
      if (answers[index]?.startsWith("354")) await client.expect("Subject: x\r\n\r\ny\r\n.", "250");
      else await client.expect("RSET", "250"); // the session goes on
      client.destroy();
    }
    await sink.until(5);
  });
});

describe("a limit on recipients", () => {
  test("counts apart from messages, and within a message", async (t) => {
    const rates = { client: { messages: "3 per 1h", recipients: "5 per 1h" } };
    const { server, sink } = await start(t, { rates });
    assert.match(await send(server, "127.0.0.2", 4), /^250/);
    const limit = putOff("5 recipients an hour from your address");
    assert.match(await send(server, "127.0.0.2", 2), limit); // but the first one has it
    assert.match(await send(server, "127.0.0.2"), limit);
    for (let message = 0; message < 3; message++) {
      assert.match(await send(server, "127.0.0.3"), /^250/);
    }
    assert.match(await send(server, "127.0.0.3"), putOff("3 messages an hour from your address"));
    await sink.until(5);
  });
});

test("a network limit counts all of its addresses together", async (t) => {
  const rates = { client: { messages: "3 per 1h" }, network: { messages: "5 per 1h" } };
  const { server } = await start(t, { rates });
  for (let host = 2; host < 7; host++) assert.match(await send(server, `127.0.0.${host}`), /^250/);
  const limit = putOff("5 messages an hour from your network");
  assert.match(await send(server, "127.0.0.8"), limit);
  assert.match(await send(server, "127.0.1.2"), /^250/);
});

test("a client that connects too often is told so, and welcome again after a while", async (t) => {
  const { server } = await start(t, { "connection-rate": "3 per 3s" });
  const greeting = async (from: string) => {
    const client = await connectSmtp(server.address, from);
    const said = await client.reply();
    client.destroy();
    return said;
  };
  let said = "220";
  let visits = 0;
  for (; said.startsWith("220"); visits++) said = await greeting("127.0.0.2");
  assert.ok(visits > 3, `${visits} visits`);
  const limit = "3 connections in 3 seconds from your address";
  assert.equal(said, `421 4.7.0 Limit reached (${limit}); try again later`);
  assert.match(await greeting("127.0.0.3"), /^220/);
  for (let visit = 0; visit < 10; visit++) assert.match(await greeting("127.0.0.9"), /^220/);
  await waitUntil("it is welcome again", async () =>
    (await greeting("127.0.0.2")).startsWith("220"),
  );
});

describe("refused recipients", () => {
  test("close the connection of a client that guesses", async (t) => {
    const { server } = await start(t, { "refused-recipients": 3 });
    const client = await openSession(server.address, "127.0.0.2");
    await client.expect("MAIL FROM:<a@client.example>", "250");
    client.write("RCPT TO:<x@foreign.example>\r\n".repeat(10));
    const codes = (await client.rest()).map((said) => said.slice(0, 9));
    assert.deepEqual(codes, ["550 5.7.1", "550 5.7.1", "550 5.7.1", "421 4.7.0"]);
  });

  test("are as many as they like from relay.networks", async (t) => {
    const { server } = await start(t, { "refused-recipients": 3 });
    const client = await openSession(server.address, "127.0.0.9");
    await client.expect("MAIL FROM:<a@client.example>", "250");
    for (let wrong = 0; wrong < 30; wrong++) {
      await client.expect("RCPT TO:<nobody@mailboxes.example>", "550 5.1.1");
    }
    await client.expect("RCPT TO:<b@ours.example>", "250");
    await client.expect("QUIT", "221");
  });
});

test("a reload keeps what is used up, unless the limit has changed, and sessions their limits", async (t) => {
  const { server, sink } = await start(t, { rates: { client: { messages: "2 per 1h" } } });
  let client = await openSession(server.address, "127.0.0.2");
  const write = async () => {
    await client.expect("MAIL FROM:<a@client.example>", "250");
    const said = await client.command("RCPT TO:<b@ours.example>");
    if (!said.startsWith("250")) await client.expect("RSET", "250");
    return said;
  };
  const finish = async () => {
    await client.expect("DATA", "354");
    await client.expect("Subject: x\r\n\r\ny\r\n.", "250");
  };
  const reload = async (rates: Section) => {
    await server.configure(configuration(sink, { rates }));
    assert.equal((await server.run("reload")).code, 0);
  };
  const comeAgain = async () => {
    client.destroy();
    client = await openSession(server.address, "127.0.0.2");
  };
  assert.match(await write(), /^250/);
  await finish();
  assert.match(await write(), /^250/);
  // Between a recipient and DATA: what counts here counts on.
  await reload({ client: { messages: "2 per 1h" }, network: { messages: "100 per 1h" } });
  await finish();
  assert.match(await write(), putOff("2 messages an hour from your address"));
  await comeAgain();
  assert.match(await write(), putOff("2 messages an hour from your address"));
  await reload({ client: { messages: "3 per 1h" } });
  assert.match(await write(), putOff("2 messages an hour from your address"));
  await comeAgain();
  assert.match(await write(), /^250/);
  await reload({});
  await finish();
  for (let message = 0; message < 5; message++)
    assert.match(await send(server, "127.0.0.2"), /^250/);
  client.destroy();
});
