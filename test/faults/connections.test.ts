// Clients that vanish: in every phase of a session, with and without a word.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { TestServer } from "../support/server.ts";
import { connectSmtp, openSession, sendLetter, type SmtpClient } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { queueLength, startRelay, untilDrained } from "./support/relay.ts";
import { inspectStore, nothingLeft } from "./support/store-file.ts";

const large = "x".repeat(70) + "\r\n";
const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

/** Brings a session to a phase in which nothing is promised yet. */
const phases: Readonly<Record<string, (client: SmtpClient) => Promise<void>>> = {
  "before EHLO": async () => {},
  "after EHLO": hello,
  "amid a command": async (client) => client.write("EHLO cli"),
  "after MAIL": mail,
  "after RCPT": recipient,
  "after DATA": data,
  "amid content": async (client) => {
    await data(client);
    client.write(`Subject: half\r\n\r\n${large.repeat(10)}`);
  },
  "amid large content": async (client) => {
    await data(client);
    client.write(large.repeat(20_000));
  },
  "before the last octet of the final dot": async (client) => {
    await data(client);
    client.write(`Subject: half\r\n\r\n.\r`);
  },
  "amid a chunk": async (client) => {
    await recipient(client);
    client.write(`BDAT 1000 LAST\r\n${large}`);
  },
  "amid a large chunk": async (client) => {
    await recipient(client);
    client.write(`BDAT 4000000 LAST\r\n${large.repeat(20_000)}`);
  },
  "between chunks": async (client) => {
    await recipient(client);
    client.write(`BDAT ${large.length}\r\n${large}`);
    assert.match(await client.reply(), /^250 /);
  },
  "before an octet of the last chunk": async (client) => {
    await recipient(client);
    client.write(`BDAT ${large.length}\r\n${large}BDAT ${large.length} LAST\r\n${large.slice(1)}`);
    assert.match(await client.reply(), /^250 /);
  },
};

const farewells: Readonly<Record<string, (client: SmtpClient) => Promise<void>>> = {
  "ends its side": async (client) => {
    client.finish();
    await client.rest();
  },
  closes: async (client) => client.destroy(),
  resets: async (client) => void client.socket.resetAndDestroy(),
};

async function hello(client: SmtpClient): Promise<void> {
  await client.expect("EHLO client.example", "250");
}

async function mail(client: SmtpClient): Promise<void> {
  await hello(client);
  await client.expect("MAIL FROM:<a@client.example>", "250");
}

async function recipient(client: SmtpClient): Promise<void> {
  await mail(client);
  await client.expect("RCPT TO:<half@else.example>", "250");
}

async function data(client: SmtpClient): Promise<void> {
  await recipient(client);
  await client.expect("DATA", "354");
}

function troubles(server: TestServer): readonly string[] {
  return server.log.filter(({ level }) => level === 0 || level >= 40).map(({ msg }) => msg);
}

describe("a client that leaves before its message is whole", () => {
  test("leaves nothing behind, and the server goes on", async (t) => {
    const sink = await startSink(t);
    const server = await startRelay(t, { via: sink.name });
    for (const reach of Object.values(phases)) {
      for (const leave of Object.values(farewells)) {
        const client = await connectSmtp(server.address);
        assert.match(await client.reply(), /^220 /);
        await reach(client);
        await leave(client);
      }
    }
    await sendLetter(server.address, letter);
    await sink.until(1);
    await untilDrained(server);
    assert.deepEqual(troubles(server), []);
    assert.equal(await server.stop(), 0);
    assert.deepEqual(
      sink.heard.map(({ recipients }) => recipients),
      [["b@else.example"]],
    );
    assert.deepEqual(inspectStore(server.dataFolder), nothingLeft);
  });
});

describe("a client that leaves when its message is whole", () => {
  for (const [name, leave] of Object.entries(farewells)) {
    test(`and ${name} without waiting for the reply has sent it`, async (t) => {
      const server = await startRelay(t, {});
      const client = await openSession(server.address);
      await client.expect("MAIL FROM:<a@client.example>", "250");
      await client.expect("RCPT TO:<b@else.example>", "250");
      await client.expect("DATA", "354");
      await new Promise((resolve) => client.socket.write(`${large.repeat(9_000)}.\r\n`, resolve));
      // A reset throws away what the server has not read yet.
      if (name === "resets") await server.untilLogged(({ event }) => event === "queued");
      await leave(client);
      await server.untilLogged(({ event }) => event === "queued");
      assert.equal(await queueLength(server), 1);
    });
  }

  test("and pipelined it all before ending its side gets every reply", async (t) => {
    const server = await startRelay(t, {});
    const client = await connectSmtp(server.address);
    client.socket.end(
      [
        "EHLO client.example",
        "MAIL FROM:<a@client.example>",
        "RCPT TO:<b@else.example>",
        "DATA",
        "Subject: all at once",
        "",
        "text",
        ".",
        "MAIL FROM:<a@client.example>",
        "RCPT TO:<c@else.example>",
        "BDAT 6 LAST",
        "more",
        "QUIT",
        "",
      ].join("\r\n"),
    );
    const codes = (await client.rest()).map((said) => said.slice(0, 3));
    assert.deepEqual(codes, "220 250 250 250 354 250 250 250 250 221".split(" "));
    assert.equal(await queueLength(server), 2);
  });

  test("and pipelined it all without QUIT gets every reply, too", async (t) => {
    const server = await startRelay(t, {});
    const client = await connectSmtp(server.address);
    client.write(
      "EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<b@else.example>\r\n",
    );
    client.write("DATA\r\n");
    await delay(50); // another piece: the end comes while an answer is pending
    client.socket.end("text\r\n.\r\n");
    const codes = (await client.rest()).map((said) => said.slice(0, 3));
    assert.deepEqual(codes, "220 250 250 250 354 250".split(" "));
    assert.equal(await queueLength(server), 1);
  });
});
