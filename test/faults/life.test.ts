// How a server comes to its addresses, its user and its files.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, chown, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder, type TestServer } from "../support/server.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { relayConfiguration, startRelay } from "./support/relay.ts";

const run = promisify(execFile);
const letter = {
  from: "a@client.example",
  to: ["alice@example.org"],
  content: "Subject: x\r\n\r\ny\r\n",
};
const mailboxes = { "example.org": { deliver: "mailboxes" } };
const isRoot = process.geteuid?.() === 0;

const noSocketActivation = await run("systemd-socket-activate", ["--version"]).then(
  () => false,
  () => "systemd-socket-activate is not installed",
);

async function modeOf(...path: readonly string[]): Promise<number> {
  return (await stat(join(...path))).mode & 0o777;
}

describe("listeners", () => {
  test("on port 0 of IPv4 and IPv6 print the ports that they got, and serve", async (t) => {
    const listen = ["127.0.0.1:0", "[::1]:0"];
    const relay = { networks: ["127.0.0.0/8", "::1"] };
    const more = { listeners: { mx: { role: "mx", listen } }, relay };
    const server = await startRelay(t, { more });
    assert.deepEqual(
      server.listeners.map(({ host }) => host),
      ["127.0.0.1", "::1"],
    );
    for (const address of server.listeners) {
      assert.ok(address.port > 0);
      assert.match((await sendLetter(address, letter)).content ?? "", /^250 /);
    }
    assert.equal(server.lines.at(-1), "ready");
  });

  test("that systemd has bound are used", { skip: noSocketActivation }, async (t) => {
    const port = await freePort();
    // It starts the program with the first connection, which waits until it is served.
    const under = ["systemd-socket-activate", `--listen=127.0.0.1:${port}`];
    const more = { listeners: { mx: { role: "mx", listen: ["127.0.0.1:2"] } } };
    const folder = await temporaryFolder(t);
    const starting = startRelay(t, { folder, more, under });
    const client = await sendWhenThere(port);
    const server = await starting;
    assert.match(client, /^250 /);
    assert.deepEqual(server.address, { name: "mx", host: "127.0.0.1", port });
    assert.equal(await server.stop(), 0);
  });
});

/** The answer to a message, once somebody listens. */
function sendWhenThere(port: number): Promise<string> {
  return waitUntil("somebody listens", async () => {
    const sent = await sendLetter({ host: "127.0.0.1", port }, letter).catch(() => undefined);
    return sent?.content;
  });
}

test("store, control socket and mail are for nobody else", async (t) => {
  const server = await startRelay(t, { more: { domains: mailboxes } });
  await addAccounts(server, "alice@example.org");
  await sendLetter(server.address, letter);
  await untilMail(server, "alice@example.org", 1);
  const { dataFolder } = server;
  assert.equal(await modeOf(dataFolder), 0o700);
  assert.equal(await modeOf(dataFolder, "control.sock"), 0o600);
  for (const name of ["store.db", "store.db-wal"]) {
    assert.equal(await modeOf(dataFolder, name), 0o600, name);
  }
  const mailbox = join(dataFolder, "mail", "example.org", "alice");
  assert.equal(await modeOf(mailbox), 0o700);
  for (const name of await readdir(join(mailbox, "new"))) {
    assert.equal(await modeOf(mailbox, "new", name), 0o600);
  }
});

/** The four ids of `Uid:` or `Gid:` in proc(5). */
async function idsOf({ pid }: TestServer, key: string): Promise<readonly number[]> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const line = new RegExp(`^${key}:\\s+(.*)$`, "m").exec(status)?.[1] ?? "";
  return line
    .split(/\s+/)
    .filter((id) => id !== "")
    .map(Number);
}

describe("started as root with a user", { skip: !isRoot && "needs root" }, () => {
  const nobody = 65_534;
  const port = 899;

  test("it binds a port below 1024, and is that user from then on", async (t) => {
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o755);
    const listeners = { mx: { role: "mx", listen: [`127.0.0.1:${port}`] } };
    const more = { domains: mailboxes, user: "nobody", listeners };
    const server = await startRelay(t, { folder, more });
    assert.deepEqual(await idsOf(server, "Uid"), [nobody, nobody, nobody, nobody]);
    assert.deepEqual(new Set(await idsOf(server, "Gid")), new Set(await idsOf(server, "Groups")));
    assert.ok(!(await idsOf(server, "Gid")).includes(0));
    await addAccounts(server, "alice@example.org");
    await sendLetter(server.address, letter);
    await untilMail(server, "alice@example.org", 1);
    for (const path of [".", "store.db", "store.db-wal", "control.sock", "mail"]) {
      assert.equal((await stat(join(server.dataFolder, path))).uid, nobody, path);
    }
    assert.equal(server.address.port, port);
    assert.equal(await server.stop(), 0);
  });

  test("it refuses a data folder that is somebody else's", async (t) => {
    const folder = await temporaryFolder(t);
    const first = await startRelay(t, { folder });
    assert.equal(await first.stop(), 0);
    await chmod(folder, 0o755);
    await chown(first.dataFolder, 0, 0);
    await first.configure(relayConfiguration({ more: { user: "nobody" } }));
    const { code, stderr } = await first.run("start");
    assert.equal(code, 2);
    assert.match(stderr, /belongs to user 0.* chown -R 65534 /);
  });
});
