// Users read their mail at Debian's Dovecot, and their mail programs send through us without a login:
// while the session is open, however long that is, and for a while after it.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { whyNoDovecot } from "../support/dovecot.ts";
import { openImap, openReader } from "../support/mail-reader.ts";
import { behindProxy, openSessionFrom, recipientReply } from "../support/proxied.ts";
import {
  type Endpoint,
  startBailiwick,
  temporaryFolder,
  type TestServer,
} from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { hibernation, startTellingDovecot } from "../support/telling-dovecot.ts";
import { waitUntil } from "../support/wait.ts";

const secret = "0123456789abcdef0123456789abcdef";
const home = "203.0.113.9";
const neighbour = "203.0.113.10";
const foreign = "friend@elsewhere.example";
/** Milliseconds. */
const lifetime = 2_000;

const relayed = /^250 2\.1\.5 Ok, relayed because you have just read your mail here$/;
const strange = /^550 5\.7\.1 Relaying denied: this is not one of our domains/;

const expired =
  /^550 5\.7\.1 Relaying denied: your permission from reading mail ended .*; read your mail and send again, or log in on port 587/;

function listener(server: TestServer, name: string): Endpoint {
  return server.listeners.find((each) => each.name === name) ?? assert.fail(name);
}

test("Dovecot's users roam", { skip: await whyNoDovecot() }, async (t) => {
  const outside = await startSink(t);
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "roaming.secret"), `${secret}\n`, { mode: 0o600 });
  const configuration = {
    listeners: {
      mx: { role: "mx", ...behindProxy },
      admin: { role: "admin", listen: ["127.0.0.1:0"] },
    },
    relay: {
      roaming: {
        lifetime: `${lifetime / 1000}s`,
        events: { "secret-file": "roaming.secret", "default-domain": "example.org" },
      },
    },
    routes: [{ to: "*", via: outside.name }],
  };
  let server = await startBailiwick(t, { configuration, folder });
  const admin = listener(server, "admin");
  const dovecot = await startTellingDovecot(t, {
    admin,
    secret,
    by: ["policy", "events"],
    users: { "bob@example.org": "secret", carol: "secret" },
    extra: hibernation,
  });
  const bob = { client: home, user: "bob@example.org", password: "secret" };
  const ask = (client: string, from = "bob@example.org") =>
    recipientReply(listener(server, "mx"), client, [from, foreign]);
  const until = (what: string, client: string, reply: RegExp, from?: string) =>
    waitUntil(what, async () => reply.test(await ask(client, from)));

  await t.test("nobody relays who has not read mail", async () => {
    assert.match(await ask(home), strange);
  });

  await t.test("a wrong password opens nothing", async () => {
    const reader = await openReader(t, dovecot.proxiedImap, home);
    await reader.say("a login bob@example.org wrong", /^a NO/);
    reader.socket.destroy();
    assert.match(await ask(home), strange);
  });

  await t.test(
    "while an IMAP session is open, and no longer than the lifetime after it",
    async () => {
      const reader = await openImap(t, dovecot.proxiedImap, bob);
      await until("bob may relay", home, relayed);
      assert.match(await ask(neighbour), strange);
      assert.match(await ask(home, "carol@example.org"), strange);
      const began = Date.now();
      await reader.say("c idle", /^\+ idling/);
      await waitUntil("the lifetime is over twice, and the session sleeps", async () => {
        return Date.now() - began > 2 * lifetime && !(await dovecot.processes()).includes("imap");
      });
      assert.match(await ask(home), relayed);
      await reader.say("DONE", /^c OK/);
      await waitUntil("it is awake", async () => (await dovecot.processes()).includes("imap"));
      await reader.say("d logout", /^d OK/);
      const ended = Date.now();
      assert.match(await ask(home), relayed);
      await until("the grant is over", home, expired);
      assert.ok(Date.now() - ended >= lifetime - 500, `after ${Date.now() - ended} ms`);
    },
  );

  await t.test("a whole message goes out by it", async () => {
    const reader = await openImap(t, dovecot.proxiedImap, bob);
    await until("bob may relay again", home, relayed);
    const session = await openSessionFrom(listener(server, "mx"), home);
    const letter = {
      from: "bob@example.org",
      to: [foreign],
      content: "Subject: Hi\r\n\r\nHi.\r\n",
    };
    const { content } = await session.send(letter);
    assert.match(content ?? "", /^250 /);
    await outside.untilFor(foreign);
    reader.socket.destroy();
  });

  await t.test("POP3 counts from its end, for a system's user of the default domain", async () => {
    const reader = await openReader(t, dovecot.proxiedPop3, neighbour);
    await reader.say("USER carol", /^\+OK/);
    await reader.say("PASS secret", /^\+OK/);
    await reader.say("QUIT", /^\+OK/);
    await until("carol may relay", neighbour, relayed, "carol@example.org");
    await until("and not for long", neighbour, expired, "carol@example.org");
  });

  await t.test("a session that outlives a restart of ours is taken up again", async () => {
    const client = "203.0.113.11";
    const reader = await openImap(t, dovecot.proxiedImap, { ...bob, client });
    await until("bob may relay", client, relayed);
    await server.kill();
    const fixed = { ...configuration.listeners.admin, listen: [`${admin.host}:${admin.port}`] };
    server = await startBailiwick(t, {
      configuration: {
        ...configuration,
        listeners: { ...configuration.listeners, admin: fixed },
      },
      folder,
    });
    await waitUntil("a sign of it was heard", async () => {
      await reader.say("n noop", /^n OK/);
      return relayed.test(await ask(client));
    });
    const began = Date.now();
    await waitUntil("the lifetime is over", () => Date.now() - began > 1.5 * lifetime);
    assert.match(await ask(client), relayed);
    reader.socket.resetAndDestroy();
    await until("it is over", client, expired);
  });

  await t.test("webmail on this host opens nothing", async () => {
    await openImap(t, dovecot.proxiedImap, { ...bob, client: "127.0.0.1" });
    const entry = await server.untilLogged(({ event }) => event === "grant-refused");
    assert.match(String(entry["why"]), /this host's own address/);
  });
});
