// The story of "All about relaying", of users who are on the road: they read their mail, and may send
// from the same address for three hours, without a login; and as long as their mail program stays
// connected, however long that is.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connectOperations } from "../../src/app/control.ts";
import { startServer } from "../../src/app/server/run.ts";
import { parseAddress } from "../../src/core/mail/address.ts";
import { parseIp } from "../../src/core/mail/ip.ts";
import { readConfiguration } from "../../src/io/config/read.ts";
import { makeCredentials } from "../../src/io/password/credentials.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { whyNoDovecot } from "../support/dovecot.ts";
import { setUpFetchmail } from "../support/fetchmail.ts";
import { openImap } from "../support/mail-reader.ts";
import { behindProxy, openSessionFrom, recipientReply, startProxy } from "../support/proxied.ts";
import { type Endpoint, temporaryFolder } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { startTellingDovecot } from "../support/telling-dovecot.ts";
import { waitUntil } from "../support/wait.ts";

const ann = "ann@example.org";
const password = "open-sesame";
const secret = "0123456789abcdef0123456789abcdef";
const foreign = "friend@elsewhere.example";
const hotel = "203.0.113.9";
const cafe = "203.0.113.77";
const minute = 60_000;

const missing =
  (await whyMissing("fetchmail")) || (await whyMissing("swaks")) || (await whyNoDovecot());

/** A server whose clock the test sets. */
async function startWorld(t: TestContext) {
  const outside = await startSink(t);
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "roaming.secret"), `${secret}\n`, { mode: 0o600 });
  const file = join(folder, "bailiwick.yaml");
  const configuration = {
    hostname: "mail.example.org",
    data: join(folder, "data"),
    listeners: {
      mx: { role: "mx", ...behindProxy },
      submission: { role: "submission", ...behindProxy, tls: "offered" },
      pop3: { role: "pop3", ...behindProxy },
      admin: { role: "admin", listen: ["127.0.0.1:0"] },
    },
    domains: { "example.org": { deliver: "mailboxes" } },
    relay: { roaming: { events: { "secret-file": "roaming.secret" } } },
    routes: [{ to: "*", via: outside.name }],
  };
  await writeFile(file, JSON.stringify(configuration));
  const settings = await readConfiguration(file);
  assert.ok(settings.ok, JSON.stringify(settings));
  let later = 0;
  const now = () => Date.now() + later;
  const server = await startServer({
    settings: settings.value,
    readSettings: async () => settings.value,
    clock: { now, elapsed: () => performance.now() + later },
    random: Math.random,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    mxPort: 25,
  });
  t.after(() => server.stop());
  const operations = await connectOperations(join(folder, "data", "control.sock"));
  const mailbox = parseAddress(ann);
  const credentials = await makeCredentials(password);
  assert.ok(operations !== undefined && mailbox.ok && credentials.ok);
  await operations.accountAdd(mailbox.value, credentials.value);
  const at = (name: string): Endpoint =>
    server.listeners.find(({ listener }) => listener.name === name)?.address ?? assert.fail(name);
  return {
    outside,
    operations,
    at,
    now,
    grantAt: async (client: string) => {
      const address = parseIp(client) ?? assert.fail(client);
      const [grant] = await operations.grantList({ client: address, account: null }, false);
      return grant;
    },
    pass: (minutes: number) => void (later += minutes * minute),
    ask: (client: string, from = ann) => recipientReply(at("mx"), client, [from, foreign]),
  };
}

/** Debian's swaks, without a login; what the server answered, and the status. */
function swaks({ host, port }: Endpoint) {
  const letter = ["--from", ann, "--to", foreign, "--header", "Subject: from the road"];
  return runCommand("swaks", ["--server", host, "--port", String(port), ...letter]);
}

test("users on the road relay because they have read their mail", { skip: missing }, async (t) => {
  const { outside, operations, at, now, pass, ask, grantAt } = await startWorld(t);
  const dovecot = await startTellingDovecot(t, {
    admin: at("admin"),
    secret,
    by: ["policy", "events"],
    users: { [ann]: password },
  });
  const mx = await startProxy(t, at("mx"), hotel);
  const pop3 = await startProxy(t, at("pop3"), hotel);
  const options = "fetchall keep";
  const login = { server: pop3, user: ann, password, tls: "stls", options } as const;
  const fetchmail = await setUpFetchmail(t, login);

  await t.test("a stranger's address is refused", async () => {
    const { code, stdout } = await swaks(mx);
    assert.equal(code, 24, stdout);
    assert.match(stdout, /550 5\.7\.1 Relaying denied: this is not one of our domains/);
  });

  await t.test("who has popped mail relays from there, and from nowhere else", async () => {
    const session = await openSessionFrom(at("mx"), "198.51.100.1");
    const content = "Subject: News\r\n\r\nSome.\r\n";
    await session.send({ from: foreign, to: [ann], content });
    session.destroy();
    await waitUntil("fetchmail has the mail", async () => {
      const { code, stdout, stderr } = await fetchmail.run();
      assert.ok(code === 0 || code === 1, stdout + stderr);
      return (await fetchmail.read()).includes("Subject: News");
    });
    const { code, stdout } = await swaks(mx);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /250 2\.1\.5 Ok, relayed because you have just read your mail here/);
    const { content: arrived } = await outside.untilFor(foreign);
    assert.match(Buffer.from(arrived).toString(), /Subject: from the road/);
    assert.match(await ask("203.0.113.10"), /^550 5\.7\.1 /, "a neighbour");
    assert.match(await ask(hotel, "bob@example.org"), /^550 5\.7\.1 /, "another sender");
    const submission = await recipientReply(at("submission"), hotel, [ann, foreign]);
    assert.match(submission, /^530 5\.7\.0 /);
  });

  await t.test("after 180 minutes it is refused, and the reply says why", async () => {
    pass(179);
    assert.match(await ask(hotel), /^250 /);
    pass(2);
    const { code, stdout } = await swaks(mx);
    assert.equal(code, 24, stdout);
    assert.match(stdout, /550 5\.7\.1 Relaying denied: your permission from reading mail ended/);
    assert.match(stdout, /read your mail and send again, or log in on port 587/);
  });

  await t.test("with an IMAP session held open it is not refused, until it has ended", async () => {
    const imap = await openImap(t, dovecot.proxiedImap, { client: cafe, user: ann, password });
    await waitUntil("the login was told", async () => (await ask(cafe)).startsWith("250 "));
    for (let hours = 0; hours < 8; hours++) {
      // A mail program is heard of at least every half hour (RFC 2177 §3).
      for (const _ of [1, 2, 3]) {
        pass(20);
        // Dovecot's connection to us has aged by as much, and is closed; what is told on it just then
        // is lost, and the mail program's next command tells it again.
        await waitUntil("the sign of life was told", async () => {
          await imap.say("n noop", /^n OK/);
          const grant = await grantAt(cafe);
          return grant !== undefined && now() - grant.heardAt < minute;
        });
      }
      assert.match(await ask(cafe), /^250 /, `${hours + 1} hours`);
    }
    await imap.say("z logout", /^z OK/);
    await waitUntil("the end was told", async () => {
      return (await grantAt(cafe))?.state === "closed";
    });
    pass(179);
    assert.match(await ask(cafe), /^250 /);
    pass(2);
    assert.match(await ask(cafe), /^550 5\.7\.1 .*ended/);
  });

  await t.test("who is revoked reads mail and relays no more until the next login", async () => {
    assert.equal((await fetchmail.run()).code, 0);
    assert.match(await ask(hotel), /^250 /);
    await operations.grantRevoke({ name: ann });
    assert.match(await ask(hotel), /^550 5\.7\.1 /);
    assert.equal((await fetchmail.run()).code, 0);
    assert.match(await ask(hotel), /^250 /);
  });
});
