// vpopmail's relay table beside a running server: an old POP server writes it, and its users relay here.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test, type TestContext } from "node:test";
import { type MariaDb, startMariaDb, whyNoMariaDb } from "../support/mariadb.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { behindProxy, openSessionFrom, recipientReply } from "../support/proxied.ts";
import {
  createRelayTableFor,
  insertRow,
  readRows,
  relayTables,
  relayUser,
} from "../support/relay-table.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";

const ann = "ann@example.org";
const foreign = "friend@elsewhere.example";

const relayed = /^250 2\.1\.5 Ok, relayed because you have just read your mail here$/;
const denied = /^550 5\.7\.1 /;
const later = /^451 4\.3\.0 /;

suite("vpopmail's relay table", { skip: await whyNoMariaDb() }, () => {
  let database: MariaDb;
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    database = await startMariaDb({ after: (act) => cleanups.unshift(act) });
  });

  after(async () => {
    for (const act of cleanups) await act();
  });

  function configurationWith(sink: string, table: object | undefined, folder: string) {
    const { user } = relayUser;
    const access = {
      url: `mysql://${user}@localhost/vpopmail?socket=${database.socket}`,
      "password-file": join(folder, "secret"),
    };
    return {
      data: join(folder, "data"),
      listeners: { mx: { role: "mx", ...behindProxy } },
      domains: { "example.org": { deliver: "mailboxes" } },
      relay: {
        networks: ["192.0.2.0/24"],
        roaming: { ...(table && { "relay-table": { ...access, ...table } }) },
      },
      routes: [{ to: "*", via: sink }],
      limits: { "connection-rate": "none" }, // a test asks as often as it takes
    };
  }

  async function start(t: TestContext, table: object | undefined = { every: "1s" }) {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "secret"), relayUser.password, { mode: 0o600 });
    const sink = await startSink(t);
    const server = await startBailiwick(t, {
      folder,
      configuration: configurationWith(sink.name, table, folder),
    });
    await addAccounts(server, ann);
    const ask = (client: string, from = ann, to = foreign) =>
      recipientReply(server.address, client, [from, to]);
    return {
      server,
      sink,
      ask,
      untilAsked: (client: string, wanted: RegExp) =>
        waitUntil(`${client} is told ${wanted}`, async () => wanted.test(await ask(client))),
      reload: async (next: object | undefined) => {
        await server.configure(configurationWith(sink.name, next, folder));
        const { code, stderr } = await server.run("reload");
        assert.equal(code, 0, stderr);
      },
    };
  }

  test("of each kind lets a client relay at its next attempt, until the row is over", async (t) => {
    await createRelayTableFor(database, relayTables.old);
    const { server, sink, ask, untilAsked } = await start(t);
    for (const [index, columns] of Object.values(relayTables).entries()) {
      await createRelayTableFor(database, columns);
      const client = `203.0.113.1${index}`;
      const to = `friend${index}@elsewhere.example`;
      assert.match(await ask(`203.0.113.2${index}`), denied);

      await insertRow(database, client);
      const session = await openSessionFrom(server.address, client);
      const letter = { from: ann, to: [to], content: "Subject: Hello\r\n\r\nHello.\r\n" };
      const sent = await session.send(letter);
      assert.match(sent.recipients[0] ?? "", relayed);
      assert.match(sent.content ?? "", /^250 /);
      session.destroy();
      await sink.untilFor(to);
      assert.match(await ask(client, "stranger@elsewhere.example"), denied);
      assert.match(await ask(`203.0.113.2${index}`), denied);

      await insertRow(database, client, Math.floor(Date.now() / 1000) - 180 * 60);
      await untilAsked(client, denied);
      await insertRow(database, client);
      await untilAsked(client, relayed);
      await database.query("DELETE FROM relay", "vpopmail");
      await untilAsked(client, denied);
    }
  });

  test("that is down puts off whom it might let relay, and nobody else", async (t) => {
    await createRelayTableFor(database, relayTables.newer);
    await insertRow(database, "203.0.113.1");
    const { server, ask, untilAsked } = await start(t);
    await untilAsked("203.0.113.1", relayed);
    await database.stop("SIGKILL");
    await server.untilLogged(({ event }) => event === "relay-table-unavailable");
    assert.match(await ask("203.0.113.2"), later);
    assert.match(await ask("203.0.113.2", "stranger@elsewhere.example"), later);
    // Known before, trusted, and for us.
    assert.match(await ask("203.0.113.1"), relayed);
    assert.match(await ask("192.0.2.7"), /^250 /);
    assert.match(await ask("203.0.113.3", "a@elsewhere.example", ann), /^250 /);
    const session = await openSessionFrom(server.address, "203.0.113.3");
    const sent = await session.send({ from: "a@b.example", to: [ann], content: "Hello.\r\n" });
    assert.match(sent.content ?? "", /^250 /);
    session.destroy();
    await untilMail(server, ann, 1);
    await database.start();
    await insertRow(database, "203.0.113.2");
    await untilAsked("203.0.113.2", relayed);
    await server.untilLogged(({ event }) => event === "relay-table-back");
  });

  test("that hangs keeps nobody waiting for long", async (t) => {
    await createRelayTableFor(database, relayTables.newer);
    const { ask, untilAsked } = await start(t);
    const other = await start(t);
    await untilAsked("203.0.113.1", denied);
    database.pause();
    try {
      const begin = performance.now();
      assert.match(await ask("203.0.113.2"), later);
      assert.ok(performance.now() - begin < 10_000);
      assert.match(await ask("192.0.2.7"), /^250 /);
      await new Promise((resolve) => void setTimeout(resolve, 1_500)); // it reads meanwhile
      const stopping = performance.now();
      assert.equal(await other.server.stop(), 0);
      assert.ok(performance.now() - stopping < 15_000, "it took long to stop");
    } finally {
      database.resume();
    }
    await insertRow(database, "203.0.113.2");
    await untilAsked("203.0.113.2", relayed);
  });

  test("that is down at the start counts as soon as it is there", async (t) => {
    await createRelayTableFor(database, relayTables.newer);
    await insertRow(database, "203.0.113.1");
    await database.stop();
    const { server, ask, untilAsked } = await start(t);
    await server.untilLogged(({ event }) => event === "relay-table-unavailable");
    assert.match(await ask("203.0.113.1"), later);
    await database.start();
    await untilAsked("203.0.113.1", relayed);
  });

  test("comes and goes with a reload", async (t) => {
    await createRelayTableFor(database, relayTables.newer);
    await insertRow(database, "203.0.113.1");
    const { ask, untilAsked, reload } = await start(t, {});
    assert.match(await ask("203.0.113.1"), relayed);
    await reload(undefined);
    await insertRow(database, "203.0.113.2");
    assert.match(await ask("203.0.113.2"), denied);
    assert.match(await ask("203.0.113.1"), relayed); // until it is over
    await insertRow(database, "203.0.113.3");
    await reload({ every: "1s" });
    assert.match(await ask("203.0.113.3"), relayed);
    await untilAsked("203.0.113.2", relayed);
  });

  test("holds what opens relaying here, where it is to be written", async (t) => {
    await createRelayTableFor(database, relayTables.newer);
    const { server, ask } = await start(t, { every: "1s", write: true });
    const { code, stderr } = await server.run("grants", "add", "203.0.113.7", "--account", ann);
    assert.equal(code, 0, stderr);
    await waitUntil("it is written", async () => (await readRows(database)).has("203.0.113.7"));
    await insertRow(database, "203.0.113.8", 100);
    await waitUntil("old rows go", async () => !(await readRows(database)).has("203.0.113.8"));
    assert.match(await ask("203.0.113.7"), relayed);
    assert.equal((await server.run("grants", "revoke", ann)).code, 0);
    await waitUntil("it is taken away", async () => (await readRows(database)).size === 0);
    assert.match(await ask("203.0.113.7"), denied);
  });

  test("without its password is no configuration", async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, "bailiwick.yaml");
    const configuration = configurationWith("127.0.0.1:9", {}, folder);
    await writeFile(file, JSON.stringify({ hostname: "mail.example.org", ...configuration }));
    const { code, stderr } = await runBailiwick(["start", "-c", file]);
    assert.equal(code, 2);
    assert.match(stderr, /relay\.roaming\.relay-table: the secret cannot be read/);
  });
});
