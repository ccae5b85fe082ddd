// Refusals without end, and a store that cannot take them: neither slows the mail, nor does what is
// kept of them grow without bound.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { openSession, sendLetter, type SmtpClient } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { startRelay } from "./support/relay.ts";
import { mountSmallDisk, noSmallDisk } from "./support/small-disk.ts";

const friend = "127.0.0.2";
const stranger = "127.0.0.3";
const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

/** A client may be refused as often as it likes. */
const limits = { "refused-recipients": 10_000 };

/** Asks for so many recipients at once, and returns the answers. */
async function askMany(client: SmtpClient, count: number): Promise<readonly string[]> {
  await client.expect("MAIL FROM:<a@client.example>", "250");
  const lines = Array.from({ length: count }, (_, index) => `RCPT TO:<v${index}@foreign.example>`);
  client.write(`${lines.join("\r\n")}\r\n`);
  const replies: string[] = [];
  for (const _ of lines) replies.push(await client.reply());
  return replies;
}

function keptIn(data: string): number {
  const database = new DatabaseSync(join(data, "store.db"), { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) AS rows FROM decision").get()?.["rows"]);
  } finally {
    database.close();
  }
}

describe("10,000 refusals", () => {
  test("are answered, and of their reasons the last ones are kept", async (t) => {
    const sink = await startSink(t);
    const more = {
      relay: { networks: [`${friend}/32`] },
      decisions: { "at-most": 500 },
    };
    const server = await startRelay(t, { via: sink.name, limits, more });
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => openSession(server.address, stranger)),
    );
    const begin = performance.now();
    const asked = Promise.all(clients.map((client) => askMany(client, 1_000)));
    const during = await sendLetter(server.address, letter, friend);
    assert.match(during.content ?? "", /^250 /);
    const replies = (await asked).flat();
    t.diagnostic(`${Math.round(10_000_000 / (performance.now() - begin))} refusals a second`);
    assert.equal(replies.length, 10_000);
    for (const reply of replies) assert.match(reply, /^550 5\.7\.1 .*\([0-9a-z]{11}\.\d+\)$/);
    const last = await askMany(await openSession(server.address, stranger), 1);
    const { code, stdout } = await server.run("why", last[0] ?? "");
    assert.equal(code, 0);
    assert.match(stdout, /^REFUSED: relaying-denied\n/);
    assert.equal(await server.stop(), 0);
    assert.equal(keptIn(server.dataFolder), 500);
    const stopped = await server.run("why", last[0] ?? "");
    assert.equal(stopped.code, 0, stopped.stderr);
    const first = await server.run("why", replies[0] ?? "");
    assert.equal(first.code, 1);
    assert.match(first.stderr, /500 at most/);
  });
});

describe("a full disk", { skip: await noSmallDisk() }, () => {
  test("costs decisions, with one line in the log, and no answer", async (t) => {
    const disk = await mountSmallDisk(t, 24 * 1024 * 1024);
    const sink = await startSink(t);
    const more = { relay: { networks: [`${friend}/32`] }, data: join(disk.folder, "data") };
    const server = await startRelay(t, { via: sink.name, limits, more });
    const client = await openSession(server.address, stranger);
    await disk.fill(0);
    // More than what the store still has room for in pages that it has already.
    const replies = await askMany(client, 2_000);
    await server.untilLogged(({ event }) => event === "decisions-not-kept");
    for (const reply of replies) assert.match(reply, /^550 /);
    const found = await server.run("why", replies[1_999] ?? "");
    assert.equal(found.code, 0, found.stderr);
    await client.expect("RSET", "250");
    assert.match((await askMany(client, 1))[0] ?? "", /^550 /);
    await disk.free();
    const replied = await sendLetter(server.address, letter, friend);
    assert.match(replied.content ?? "", /^250 /);
    assert.equal(await server.stop(), 0);
    const lines = server.log.filter(({ event }) => event?.startsWith("decisions-"));
    assert.deepEqual(
      lines.map(({ event }) => event),
      ["decisions-not-kept", "decisions-kept-again"],
    );
    assert.equal(keptIn(join(disk.folder, "data")), 2_001);
  });
});
