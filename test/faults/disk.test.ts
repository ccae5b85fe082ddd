// The disk is full: senders are put off, nothing that was acknowledged is lost, and it goes on by
// itself when there is space again.

import assert from "node:assert/strict";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { temporaryFolder, type TestServer } from "../support/server.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";
import { startRelay, untilDrained } from "./support/relay.ts";
import { mountSmallDisk, noSmallDisk } from "./support/small-disk.ts";
import { inspectStore, nothingLeft } from "./support/store-file.ts";

const megabyte = 1024 * 1024;
const line = `${"x".repeat(70)}\r\n`;

async function send(server: TestServer, to: string, octets: number): Promise<string> {
  const content = `Subject: ${to}\r\n\r\n${line.repeat(octets / line.length)}`;
  const replies = await sendLetter(server.address, { from: "a@client.example", to: [to], content });
  return replies.content ?? replies.recipients.join(" ");
}

describe("a full disk", { skip: await noSmallDisk() }, () => {
  test("under the store puts senders off, loses nothing, and is no trouble once it is freed", async (t) => {
    const sink = await startSink(t, {
      script: ({ stage }) => (stage === "mail" ? "451 later" : undefined),
    });
    const disk = await mountSmallDisk(t, 24 * megabyte);
    const data = join(disk.folder, "data");
    const server = await startRelay(t, { via: sink.name, more: { data } });
    const acknowledged: string[] = [];
    const refused = new Set<string>();
    await disk.fill(6 * megabyte);
    for (let count = 0; refused.size < 3; count++) {
      const [to, octets] = [`m${count}@else.example`, count % 2 === 0 ? 600_000 : 30_000];
      const answer = await send(server, to, octets);
      if (answer.startsWith("250")) acknowledged.push(to);
      else refused.add(answer.slice(0, 9)).add(`${count}`);
      assert.match(answer, /^(250|452 4\.3\.1) /);
    }
    await disk.free();
    sink.follow(() => undefined);
    await waitUntil("a message is taken again", async () => {
      const answer = await send(server, "again@else.example", 600_000);
      return answer.startsWith("250");
    });
    await untilDrained(server);
    const abandoned = server.log.filter(({ event }) => event === "unstash-failed");
    for (const { message } of abandoned) {
      await server.untilLogged(
        (entry) => entry.event === "unstashed" && entry["message"] === message,
      );
    }
    assert.equal(await server.stop(), 0);
    const arrived = new Set(sink.messages.flatMap(({ recipients }) => recipients));
    assert.ok(acknowledged.length > 0);
    assert.deepEqual([...arrived].toSorted(), [...acknowledged, "again@else.example"].toSorted());
    assert.deepEqual(inspectStore(data), nothingLeft);
  });

  test("under a mailbox makes its mail wait until there is space", async (t) => {
    const folder = await temporaryFolder(t);
    const disk = await mountSmallDisk(t, 4 * megabyte);
    await mkdir(join(folder, "data"), { mode: 0o700 });
    await symlink(disk.folder, join(folder, "data", "mail"));
    const more = { domains: { "example.org": { deliver: "mailboxes" } } };
    const server = await startRelay(t, { folder, more });
    await addAccounts(server, "alice@example.org");
    await disk.fill(megabyte / 2);
    assert.match(await send(server, "alice@example.org", megabyte), /^250 /);
    await server.untilLogged(({ event, state }) => event === "attempt" && state === "deferred");
    const mailbox = join(disk.folder, "example.org", "alice");
    assert.deepEqual(await readdir(join(mailbox, "new")), []);
    await disk.free();
    const mail = await untilMail(server, "alice@example.org", 1);
    await untilDrained(server);
    assert.equal(mail.length, 1);
    assert.ok((mail[0] ?? "").length > 0.9 * megabyte);
    assert.deepEqual(await readdir(join(mailbox, "tmp")), []);
  });
});
