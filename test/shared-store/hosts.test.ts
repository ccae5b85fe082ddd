// The whole program on MariaDB: one host, then several that share it.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { callServer } from "../../src/io/control/client.ts";
import { whyMissing } from "../support/command.ts";
import { setUpFetchmail } from "../support/fetchmail.ts";
import { startMariaDb, whyNoMariaDb } from "../support/mariadb.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { behindProxy, recipientReply, startProxy } from "../support/proxied.ts";
import {
  type Endpoint,
  runBailiwick,
  temporaryFolder,
  type TestServer,
} from "../support/server.ts";
import { type Script, startSink } from "../support/sink.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";
import { untilDrained } from "../faults/support/relay.ts";
import { makeDatabase, noRows, rowsLeft, startHastyHost, startHost } from "./support/hosts.ts";

const skip = await whyNoMariaDb();
const noFetchmail = await whyMissing("fetchmail");

const later: Script = ({ stage }) => (stage === "recipient" ? "450 4.2.0 Later" : undefined);

function letter(...to: readonly string[]) {
  const content = "From: <sender@client.example>\r\nSubject: Hello\r\n\r\nHello.\r\n";
  return { from: "alice@example.org", to, content };
}

test("a store on MariaDB", { skip, timeout: 300_000 }, async (t) => {
  const database = await startMariaDb(t);

  await t.test("mail comes, waits, goes and bounces, over a restart", async (t2) => {
    const shared = await makeDatabase(database);
    const sink = await startSink(t2, {
      script: ({ stage, address, times }) => {
        if (stage !== "recipient") return undefined;
        if (address.startsWith("nobody")) return "550 5.1.1 Nobody";
        return address.startsWith("later") && times === 1 ? "450 4.2.0 Later" : undefined;
      },
    });
    const more = { domains: { "example.org": { deliver: "mailboxes" } } };
    const options = { hostname: "a.test", via: sink.name, more };
    const first = await startHost(t2, shared, options);
    await first.untilLogged(({ msg }) => msg.includes("innodb_flush_log_at_trx_commit is 0"));
    await addAccounts(first, "alice@example.org");
    const large = `Subject: Large\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(15_000)}`;
    const sent = await sendLetter(first.address, { ...letter("one@else.example"), content: large });
    assert.match(sent.content ?? "", /^250 /);
    const whole = await sink.untilFor("one@else.example");
    assert.ok(whole.content.toString("latin1").endsWith(large));

    await sendLetter(first.address, letter("nobody@else.example"));
    const [notice = ""] = await untilMail(first, "alice@example.org", 1);
    assert.match(notice, /nobody@else\.example/);

    sink.follow(later);
    await sendLetter(first.address, letter("later@else.example"));
    await first.untilLogged(({ state }) => state === "deferred");
    assert.equal(await first.stop(), 0);
    sink.follow(() => undefined);
    const second = await startHost(t2, shared, { ...options, folder: first.folder });
    await sink.untilFor("later@else.example");
    await untilDrained(second);
    assert.equal(await second.stop(), 0);
    assert.deepEqual(await rowsLeft(shared), noRows);
  });

  await t.test("what is wrong with the database is said, with what to do", async (t2) => {
    const folder = await temporaryFolder(t2);
    const shared = await makeDatabase(database);
    const file = join(folder, "b.yaml");
    const { port } = database;
    const tell = async (store: string, more = "") => {
      await writeFile(file, `hostname: mail.example.org\nstore: "${store}"\n${more}\n`);
      const { code, stderr } = await runBailiwick(["account", "list", "-c", file]);
      return `${code} ${stderr}`;
    };
    const here = `127.0.0.1:${port}`;
    assert.match(
      await tell(`mysql://bailiwick:wrong@${here}/${shared.name}`),
      /^2 .*does not know that user with that password/,
    );
    assert.match(await tell("mysql://u@127.0.0.1:1/d"), /^75 .*nothing listens there/);
    assert.match(await tell("postgres://u@h/d"), /^2 .*not there yet/);
    const missing = await tell(`mysql://u@${here}/d`, "store-password-file: none.secret");
    assert.match(missing, /^2 .*the password of the store: .*ENOENT/);
    const noTls = await tell(`mysql://root@localhost:${port}/${shared.name}?tls=verify`);
    assert.match(noTls, /^75 .*secure/, "a server without TLS is not talked to in clear");
    const inUrl = await tell(`mysql://bailiwick:a%3Ab%40c%25d@${here}/${shared.name}`);
    assert.match(inUrl, /^0 /);
  });

  await t.test("two hosts share accounts, domains, signing keys and bans", async (t2) => {
    const shared = await makeDatabase(database);
    const sink = await startSink(t2);
    const more = { domains: { "example.org": { deliver: "mailboxes" } } };
    const a = await startHost(t2, shared, { hostname: "a.test", more });
    const b = await startHost(t2, shared, { hostname: "b.test", via: sink.name, more });

    await addAccounts(a, "bob@example.org");
    await sendLetter(b.address, letter("bob@example.org"));
    await untilMail(b, "bob@example.org", 1);

    assert.equal((await a.run("domain", "add", "example.net")).code, 0);
    await waitUntil("the other host knows the domain", async () => {
      const { recipients } = await sendLetter(b.address, letter("x@example.net"));
      return recipients[0]?.startsWith("550 5.1.1") === true;
    });

    const active = await a.run("dkim", "activate", "example.net", "--unchecked");
    assert.deepEqual([active.code, active.stderr], [0, ""]);
    await waitUntil("the other host signs with the same keys", async () => {
      const before = sink.messages.length;
      const content = "From: x@example.net\r\n\r\nHello.\r\n";
      await sendLetter(b.address, { ...letter("far@else.example"), content });
      const message = (await sink.until(before + 1))[before];
      return message?.content.includes("d=example.net;");
    });

    assert.equal((await a.run("bans", "add", "192.0.2.7", "--for", "1h")).code, 0);
    await waitUntil("the other host knows the ban", async () => (await bansOf(b)) === 1);
    assert.equal((await b.run("bans", "lift", "192.0.2.7")).code, 0);
    await waitUntil("the ban is lifted for both", async () => (await bansOf(a)) === 0);

    const twin = await startHost(t2, shared, { hostname: "a.test", more }).then(
      () => "it started",
      (error: Error) => error.message,
    );
    assert.match(twin, /ended with 75 .*a server with the hostname a\.test is at work/s);
    await a.kill();
    const again = await startHost(t2, shared, { hostname: "a.test", more, folder: a.folder });
    assert.equal(await again.stop(), 0);
    const offline = await again.run("account", "list", "example.org");
    assert.match(offline.stdout, /bob@example\.org/, "without a server, from the database");
  });

  await t.test(
    "who reads mail at one host relays through the other",
    { skip: noFetchmail },
    async (t2) => {
      const shared = await makeDatabase(database);
      const sink = await startSink(t2);
      const more = {
        listeners: {
          mx: { role: "mx", ...behindProxy },
          pop3: { role: "pop3", ...behindProxy },
        },
        domains: { "example.org": { deliver: "mailboxes" } },
        relay: { roaming: {} },
      };
      const a = await startHost(t2, shared, { hostname: "a.test", via: sink.name, more });
      const b = await startHost(t2, shared, { hostname: "b.test", via: sink.name, more });
      const secret = join(a.folder, "secret");
      await writeFile(secret, "open sesame\n");
      const ann = "ann@example.org";
      assert.equal((await a.run("account", "add", ann, "--password-file", secret)).code, 0);

      const home = "203.0.113.9";
      const ask = () =>
        recipientReply(listenerOf(b, "mx"), home, [ann, "friend@elsewhere.example"]);
      assert.match(await ask(), /^550 5\.7\.1 /);
      const pop3 = await startProxy(t2, listenerOf(a, "pop3"), home);
      const { run } = await setUpFetchmail(t2, {
        server: pop3,
        user: ann,
        password: "open sesame",
        tls: "stls",
        options: "keep",
      });
      assert.equal((await run()).code, 1, "there is no mail, and the login was good");
      const logged = Date.now();
      await waitUntil("the other host has heard of it", async () =>
        (await ask()).startsWith("250 "),
      );
      t2.diagnostic(`after ${Date.now() - logged} ms`);

      assert.equal((await a.run("grants", "revoke", home)).code, 0);
      await waitUntil("and of the end of it", async () => (await ask()).startsWith("550 5.7.1 "));
    },
  );

  await t.test("each host delivers its own, and the queue is one list", async (t2) => {
    const shared = await makeDatabase(database);
    const sinks = { a: await startSink(t2), b: await startSink(t2) };
    const follow = (script: Script) => {
      for (const sink of [sinks.a, sinks.b]) sink.follow(script);
    };
    // Nothing is tried again of itself.
    const more = { queue: { retry: ["1h"] } };
    const a = await startHost(t2, shared, { hostname: "a.test", via: sinks.a.name, more });
    const b = await startHost(t2, shared, { hostname: "b.test", via: sinks.b.name, more });

    follow(later);
    await sendLetter(a.address, letter("from-a@else.example"));
    await sendLetter(b.address, letter("from-b@else.example"));
    // Tried, too: who is being tried at this moment is not made due again.
    const list = await waitUntil("both are in one list, and were tried", async () => {
      const { stdout } = await a.run("queue", "list", "--json");
      const entries = stdout.split("\n").filter((line) => line !== "");
      return entries.length === 2 && entries.every((line) => /"said":/.test(line)) && entries;
    });
    const ids = list.map((line) => String(JSON.parse(line).id));
    assert.equal(new Set(ids).size, ids.length);
    const shown = await b.run("queue", "show", ids[0] ?? "");
    assert.match(shown.stdout, /delivered by a\.test/);
    follow(() => undefined);
    assert.equal((await a.run("queue", "retry", "--all")).code, 0);
    await sinks.a.untilFor("from-a@else.example");
    await sinks.b.untilFor("from-b@else.example");
    await untilDrained(a);

    const seen = (sink: typeof sinks.a) => sink.messages.flatMap(({ recipients }) => recipients);
    assert.deepEqual(seen(sinks.a), ["from-a@else.example"]);
    assert.deepEqual(seen(sinks.b), ["from-b@else.example"]);
  });

  await t.test("what a paused host had is delivered by another one, and not again", async (t2) => {
    const shared = await makeDatabase(database);
    const sinks = { a: await startSink(t2, { script: later }), b: await startSink(t2) };
    const more = { queue: { retry: ["1h"] } };
    const a = await startHost(t2, shared, { hostname: "a.test", via: sinks.a.name, more });
    await sendLetter(a.address, letter("taken@else.example"));
    await a.untilLogged(({ state }) => state === "deferred");
    a.signal("SIGSTOP");
    const b = await startHastyHost(t2, shared, { hostname: "b.test", via: sinks.b.name, more });
    const taken =
      /^a\.test has not been heard for a minute: its 1 messages are delivered from here$/;
    await waitUntil("it is taken over", () => b.log.some((said) => taken.test(said)), 60_000);
    const retry = { call: "queueRetry", arguments: [{ ids: "all" }] };
    assert.deepEqual(await callServer(join(b.dataFolder, "control.sock"), retry), {
      ok: true,
      value: 1,
    });
    await sinks.b.untilFor("taken@else.example");

    sinks.a.follow(() => undefined);
    a.signal("SIGCONT");
    await a.untilLogged(({ event }) => event === "host-taken-over");
    await sendLetter(a.address, letter("after@else.example"));
    await sinks.a.untilFor("after@else.example");
    await untilDrained(a);
    assert.deepEqual([sinks.a.messages.length, sinks.b.messages.length], [1, 1]);
  });
});

function listenerOf({ listeners }: TestServer, name: string): Endpoint {
  return listeners.find((each) => each.name === name) ?? assert.fail(name);
}

async function bansOf({ dataFolder }: TestServer): Promise<number> {
  const reply = await callServer(join(dataFolder, "control.sock"), {
    call: "banList",
    arguments: [false],
  });
  return reply?.ok === true && Array.isArray(reply.value) ? reply.value.length : -1;
}
