// Those who guess passwords, and an account whose password was guessed.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { type Endpoint, startBailiwick, type TestServer } from "../support/server.ts";
import { connectSmtp, openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const user = "alice@example.org";
const password = "open sesame";

const guesser = "127.1.0.1";
const home = "127.2.0.1";

interface World {
  readonly server: TestServer;
  readonly at: (listener: "mx" | "submission") => Endpoint;
  /** The reply to a login, on a connection of its own; the greeting where it is no welcome. */
  readonly logIn: (
    client: string,
    secret?: string,
    listener?: "mx" | "submission",
  ) => Promise<string>;
}

/** Loopback is no friend here, so that its addresses can be those of strangers. */
function configurationWith(limits: Readonly<Record<string, unknown>>) {
  const listener = { listen: ["127.0.0.1:0"], "login-in-clear": "loopback", tls: "offered" };
  return {
    listeners: { mx: { ...listener, role: "mx" }, submission: { ...listener, role: "submission" } },
    domains: { "example.org": { deliver: "mailboxes" } },
    // Nobody is there: mail waits.
    routes: [{ to: "*", via: "127.0.0.1:1" }],
    limits: { "connections-per-client": 100, ...limits },
  };
}

function worldOf(server: TestServer): World {
  const at = (listener: string) => {
    return server.listeners.find(({ name }) => name === listener) ?? assert.fail(listener);
  };
  return {
    server,
    at,
    async logIn(from, secret = password, listener = "submission") {
      const client = await connectSmtp(at(listener), from);
      const greeting = await client.reply();
      if (!greeting.startsWith("220")) return greeting;
      await client.expect("EHLO client.example", "250");
      const plain = Buffer.from(`\0${user}\0${secret}`).toString("base64");
      const reply = await client.command(`AUTH PLAIN ${plain}`);
      client.destroy();
      return reply;
    },
  };
}

async function startWorld(
  t: TestContext,
  limits: Readonly<Record<string, unknown>>,
): Promise<World> {
  const server = await startBailiwick(t, { configuration: configurationWith(limits) });
  const secret = join(server.folder, "secret");
  await writeFile(secret, `${password}\n`);
  assert.equal((await server.run("account", "add", user, "--password-file", secret)).code, 0);
  return worldOf(server);
}

async function done(server: TestServer, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await server.run(...words);
  assert.equal(code, 0, `${words.join(" ")}: ${stderr}`);
  return stdout;
}

const strict = { guessing: { client: "2 per 1h", allow: [] } };

suite("a guesser", () => {
  test("is banned from logging in and not from bringing mail, and the user goes on", async (t) => {
    const { server, at, logIn } = await startWorld(t, strict);
    assert.match(await logIn(home), /^235 /);
    assert.match(await logIn(guesser, "one"), /^535 5\.7\.8/);
    assert.match(await logIn(guesser, "two"), /^535 5\.7\.8/);
    await server.untilLogged(({ event }) => event === "banned");
    assert.match(await logIn(guesser), /^421 4\.7\.0 Too many wrong logins from here/);
    assert.match(await logIn(guesser, password, "mx"), /^454 4\.7\.0 Too many wrong logins/);
    assert.match(await logIn(home), /^235 /);

    const client = await openSession(at("mx"), guesser);
    const { content } = await client.send({ from: "x@far.example", to: [user], content: "Hi\r\n" });
    assert.match(content ?? "", /^250 /);
    client.destroy();
  });

  test("is slow to hear of it; the user's forgotten phone is not banned", async (t) => {
    const { server, logIn } = await startWorld(t, strict);
    const started = performance.now();
    const replies = await Promise.all([0, 1, 2, 3].map(() => logIn(guesser, "the old one")));
    assert.ok(performance.now() - started > 1900);
    assert.ok(replies.some((reply) => reply.startsWith("535")));
    assert.match(await logIn(guesser, "the old one"), /^535/);
    assert.match(await logIn(guesser), /^235/);
    assert.equal(await done(server, "bans", "list"), "Nobody is banned.\n");
  });

  test("does not get in by being somebody whom loopback knows", async (t) => {
    const { logIn } = await startWorld(t, { guessing: { client: "2 per 1h" } });
    const replies = await Promise.all([1, 2, 3, 4].map((n) => logIn(guesser, `${n}`)));
    assert.ok(replies.every((reply) => reply.startsWith("535")));
    assert.match(await logIn(guesser), /^235/);
  });
});

suite("bailiwick bans", () => {
  test("lists, shows, adds and lifts, with a server and without one", async (t) => {
    const world = await startWorld(t, strict);
    const { server } = world;
    await world.logIn(guesser, "one");
    await world.logIn(guesser, "two");
    await server.untilLogged(({ event }) => event === "banned");

    assert.match(await done(server, "bans", "list"), /^127\.1\.0\.1 .* 1 +2 +wrong passwords$/m);
    const shown = await done(server, "bans", "show", guesser);
    assert.match(shown, /names +"alice@example\.org"/);
    const added = await done(
      server,
      "bans",
      "add",
      "2001:db8::/48",
      "--for",
      "1d",
      "--because",
      "x",
    );
    assert.match(added, /^2001:db8::\/48\n\n.*added by you: x\n/);
    const none = await server.run("bans", "show", "192.0.2.1");
    assert.deepEqual([none.code, none.stdout], [1, "192.0.2.1 is not banned\n"]);
    const inside = await server.run("bans", "lift", "2001:db8::1");
    assert.match(inside.stderr, /lift that: bailiwick bans lift 2001:db8::\/48/);
    for (const wrong of [
      ["add", "192.0.2.7/24"],
      ["add", "nobody"],
      ["show", ""],
    ]) {
      assert.equal((await server.run("bans", ...wrong)).code, 2);
    }

    await server.stop();
    const list: unknown = JSON.parse(await done(server, "bans", "list", "--json"));
    assert.ok(Array.isArray(list) && list.length === 2);
    assert.match(await done(server, "bans", "lift", "2001:db8::/48"), /may try to log in again/);
    assert.equal((await server.run("bans", "lift", "2001:db8::/48")).code, 1);

    const again = worldOf(
      await startBailiwick(t, { configuration: configurationWith(strict), folder: server.folder }),
    );
    assert.match(await again.logIn(guesser), /^421 /);
    await done(again.server, "bans", "lift", guesser);
    assert.match(await again.logIn(guesser), /^235 /);
  });

  test("cannot ban whom the configuration allows", async (t) => {
    const { server } = await startWorld(t, {});
    const { code, stderr } = await server.run("bans", "add", "127.0.0.1");
    assert.equal(code, 1);
    assert.match(stderr, /limits\.guessing\.allow/);
  });
});

suite("an account that was taken over", () => {
  const limits = { breaker: { messages: ["2 per 1d"], refused: 3 } };

  async function sender({ at }: World) {
    const client = await openSession(at("submission"), home);
    const plain = Buffer.from(`\0${user}\0${password}`).toString("base64");
    await client.expect(`AUTH PLAIN ${plain}`, "235");
    return client;
  }

  const letter = {
    from: user,
    to: ["bob@far.example"],
    content: `From: ${user}\r\n\r\nHello\r\n`,
  };

  test("sends no more, its mail is held, until it is released", async (t) => {
    const world = await startWorld(t, limits);
    const { server } = world;
    const client = await sender(world);
    for (let count = 0; count < 2; count++) {
      assert.match((await client.send(letter)).content ?? "", /^250/);
    }
    const told =
      "450 4.7.1 Limit reached (2 messages a day for your login; sending is stopped until";
    await client.expect(`MAIL FROM:<${user}>`, "250");
    await client.expect("RCPT TO:<bob@far.example>", "250");
    await client.expect("DATA", told);
    await client.expect("RSET", "250");
    await client.expect(`MAIL FROM:<${user}>`, "250");
    await client.expect("RCPT TO:<bob@far.example>", told);
    const stopped = await server.untilLogged(({ event }) => event === "account-stopped");
    assert.equal(stopped.level, 50);
    await server.untilLogged(({ event }) => event === "account-held");

    assert.match(
      await done(server, "account", "list"),
      /alice@example\.org .* stopped 20.*2 messages/,
    );
    const queued = await done(server, "queue", "list", "--login", user);
    assert.equal(queued.match(/held/g)?.length, 2, queued);
    const bob = await server.run("queue", "hold", "--login", "bob@example.org");
    assert.equal(bob.code, 1);

    const released = await done(server, "account", "release", user);
    assert.equal(released, `${user} may send again; 2 held messages go on\n`);
    assert.equal((await server.run("account", "release", user)).code, 1);
    await client.expect("RSET", "250");
    assert.match((await client.send(letter)).content ?? "", /^250/);
    client.destroy();
  });

  test("stays stopped through a restart, and can be released without a server", async (t) => {
    const world = await startWorld(t, limits);
    const { server } = world;
    const client = await sender(world);
    await client.expect(`MAIL FROM:<${user}>`, "250");
    for (const name of ["a", "b", "c"]) await client.expect(`RCPT TO:<${name}@example.org>`, "550");
    await client.expect("RCPT TO:<bob@far.example>", "450 4.7.1 Limit reached (3 of 3 recipients");
    await waitUntil("it is kept", async () => {
      return server.log.some(({ event }) => event === "account-held");
    });
    await server.stop();

    const again = await startBailiwick(t, {
      configuration: configurationWith(limits),
      folder: server.folder,
    });
    const later = await sender(worldOf(again));
    await later.expect(`MAIL FROM:<${user}>`, "250");
    await later.expect("RCPT TO:<bob@far.example>", "450");
    await again.stop();
    assert.match(await done(again, "account", "release", user), /0 held messages go on/);
    assert.match(await done(again, "account", "list"), /alice@example\.org .* yes$/m);
  });
});
