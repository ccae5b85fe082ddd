// Logs of other servers beside a running one: a real Dovecot's, and those of rude neighbours.

import assert from "node:assert/strict";
import { appendFile, chmod, rename, truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { addAccounts } from "../support/mailbox.ts";
import { startDovecot, whyNoDovecot } from "../support/dovecot.ts";
import { freePort } from "../support/free-port.ts";
import { behindProxy, recipientReply } from "../support/proxied.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";

const ann = "ann@example.org";
const home = "203.0.113.9";
const foreign = "friend@elsewhere.example";

const relayed = /^250 2\.1\.5 Ok, relayed because you have just read your mail here$/;
const denied = /^550 5\.7\.1 /;

function configurationWith(logs: readonly object[], more: object = {}) {
  return {
    listeners: { mx: { role: "mx", ...behindProxy } },
    domains: { "example.org": { deliver: "mailboxes" } },
    relay: { roaming: { logs } },
    routes: [{ to: "*", via: "127.0.0.1:9" }],
    limits: { "connection-rate": "none" }, // a test asks as often as it takes
    ...more,
  };
}

function ask(server: TestServer, client: string, from = ann): Promise<string> {
  return recipientReply(server.address, client, [from, foreign]);
}

function untilAsked(server: TestServer, client: string, wanted: RegExp): Promise<unknown> {
  const what = `${client} is told ${wanted}`;
  return waitUntil(what, async () => wanted.test(await ask(server, client)));
}

/** A user of Dovecot who comes from that address, as a load balancer says. */
async function readMail(port: number, client: string, password: string): Promise<void> {
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.on("error", () => {});
  socket.write(`PROXY TCP4 ${client} 192.0.2.1 5 143\r\na LOGIN ${ann} ${password}\r\n`);
  let said = "";
  for await (const piece of socket) {
    said += String(piece);
    if (/^a (?:OK|NO)/m.test(said)) break;
  }
  socket.destroy();
}

function loginLine(session: string, client = home): string {
  return `${new Date().toISOString()} mail dovecot: imap-login: Login: user=<${ann}>, method=PLAIN, rip=${client}, lip=192.0.2.1, mpid=1, TLS, session=<${session}>\n`;
}

test("a login at Dovecot lets its address relay", { skip: await whyNoDovecot() }, async (t) => {
  const port = await freePort();
  const dovecot = await startDovecot(t, {
    users: { [ann]: "secret" },
    extra: `haproxy_trusted_networks = 127.0.0.0/8
service imap-login {
  inet_listener proxied {
    port = ${port}
    haproxy = yes
  }
}`,
  });
  const logs = [{ file: join(dovecot.folder, "log"), format: "dovecot" }];
  const server = await startBailiwick(t, { configuration: configurationWith(logs) });
  await addAccounts(server, ann);
  await readMail(port, home, "wrong");
  assert.match(await ask(server, home), denied);
  await readMail(port, home, "secret");
  await untilAsked(server, home, relayed);
  assert.match(await ask(server, home, "bob@example.org"), denied);
  assert.match(await ask(server, "203.0.113.10"), denied);
  // Its connection is gone, and so its session; the grant lasts.
  await waitUntil("the session is over", async () => {
    const { stdout } = await server.run("grants", "list", "--json");
    return /"endedAt": ?[0-9]/.test(stdout);
  });
  assert.match(await ask(server, home), relayed);
  assert.match(await dovecot.log(), /auth failed, 1 attempts/);
});

test("a log that is rotated, emptied and named by a reload goes on being read", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "mail.log");
  await writeFile(file, loginLine("before"));
  const named = [{ file, format: "dovecot" }];
  const server = await startBailiwick(t, { folder, configuration: configurationWith([]) });
  await addAccounts(server, ann);
  assert.match(await ask(server, home), denied);
  await server.configure(configurationWith(named));
  assert.equal((await server.run("reload")).code, 0);
  await untilAsked(server, home, relayed); // just before
  await rename(file, `${file}.1`);
  await writeFile(file, loginLine("renamed", "203.0.113.2"));
  await untilAsked(server, "203.0.113.2", relayed);
  await truncate(file);
  await appendFile(file, loginLine("emptied", "203.0.113.3"));
  await untilAsked(server, "203.0.113.3", relayed);
  // A failed login whose user's name is a good line.
  const name = loginLine("forged", "203.0.113.4").trimEnd();
  const forged = `${new Date().toISOString()} mail dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<${name}>, method=PLAIN, rip=203.0.113.5, lip=192.0.2.1\n`;
  await appendFile(file, forged + loginLine("next", "203.0.113.6"));
  await untilAsked(server, "203.0.113.6", relayed);
  for (const client of ["203.0.113.4", "203.0.113.5"]) {
    assert.match(await ask(server, client), denied);
  }
  await server.configure(configurationWith([]));
  assert.equal((await server.run("reload")).code, 0);
  await appendFile(file, loginLine("late", "203.0.113.7"));
  const { stdout } = await server.run("grants", "list", "--json");
  assert.ok(!stdout.includes('"endedAt":null') && !stdout.includes('"endedAt": null'), stdout);
  assert.match(await ask(server, "203.0.113.7"), denied);
  assert.equal(await server.stop(), 0);
});

test("a log that may not be read is said, with what to do, and read when it may", async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip("it takes root to become another user");
    return;
  }
  await readAsNobody(t);
});

async function readAsNobody(t: TestContext): Promise<void> {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o777);
  const file = join(folder, "mail.log");
  await writeFile(file, loginLine("aaaa"), { mode: 0o600 });
  const configuration = configurationWith([{ file, format: "dovecot" }], { user: "nobody" });
  const server = await startBailiwick(t, { folder, configuration });
  const { msg } = await server.untilLogged(({ event }) => event === "log-unreadable");
  assert.match(msg, /may not read .*mail\.log; add it to the group of that file/);
  await addAccounts(server, ann);
  assert.match(await ask(server, home), denied);
  await chmod(file, 0o644);
  await untilAsked(server, home, relayed);
}
