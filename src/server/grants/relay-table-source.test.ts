// The relay table of a real MariaDB as a source, and as a mirror, of a real book of grants.

import assert from "node:assert/strict";
import { after, before, suite, test, type TestContext } from "node:test";
import { createBookDesk } from "../../../test/support/book-desk.ts";
import { type MariaDb, startMariaDb, whyNoMariaDb } from "../../../test/support/mariadb.ts";
import {
  createRelayTableFor,
  insertRow,
  readRows,
  relayTables,
  relayUser,
} from "../../../test/support/relay-table.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { createDatabase } from "../../io/classic/vpopmail/database.ts";
import { createRelayTable } from "../../io/classic/vpopmail/relay-table.ts";
import { RelayTableMirror } from "./relay-table-mirror.ts";
import { startRelayTable } from "./relay-table-source.ts";

const minute = 60_000;
const rowLifetime = 180 * minute;

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

function seconds(ago = 0): number {
  return Math.floor((Date.now() - ago) / 1000);
}

suite("vpopmail's table", { skip: await whyNoMariaDb() }, () => {
  let server: MariaDb;
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    server = await startMariaDb({ after: (act) => cleanups.unshift(act) });
  });

  after(async () => {
    for (const act of cleanups) await act();
  });

  interface StartOptions {
    readonly write?: boolean;
    readonly desk?: ReturnType<typeof createBookDesk>;
    readonly clock?: { ahead: number };
    readonly timeout?: number;
    /** Shares its store with another. */
    readonly isShared?: boolean;
  }

  function start(t: TestContext, options: StartOptions = {}) {
    const { write = false, clock = { ahead: 0 }, timeout = 10_000, isShared = false } = options;
    const now = () => Date.now() + clock.ahead;
    const desk = options.desk ?? createBookDesk(now);
    const said: { readonly event?: unknown; readonly text: string }[] = [];
    const note = (fields: object, text: string) => void said.push({ ...fields, text });
    const log = { info: note, warn: note, error: note };
    const at = { socket: server.socket };
    const table = createRelayTable({
      table: "relay",
      database: createDatabase({ at, ...relayUser, atOnce: 2, timeout }),
      quick: createDatabase({ at, ...relayUser, atOnce: 2, timeout }),
    });
    const names = { user: relayUser.user, database: relayUser.database, table: "relay" };
    const common = { table, names, lifetime: rowLifetime, now, log };
    const mirror = write
      ? new RelayTableMirror({
          ...common,
          live: () =>
            desk
              .live()
              .filter(({ id, client }) => desk.elsewhere(client).every((other) => other.id !== id)),
          elsewhere: (client) => desk.elsewhere(client),
          hearing: isShared ? 5_000 : 0,
          remembered: desk.remembered(),
        })
      : undefined;
    const source = startRelayTable({ ...common, every: 20, desk, mirror });
    t.after(async () => {
      await source.close();
      await mirror?.close();
    });
    /** A login at our own server. */
    const login = async (client: string, session?: string) => {
      const told = { source: "http", account: "ann@example.org", client: ip(client) } as const;
      const whole = { ...told, at: now(), ...(session !== undefined && { session }) };
      assert.ok((await desk.opened(whole)).granted);
      mirror?.note(whole);
    };
    return {
      clock,
      desk,
      said,
      source,
      mirror,
      login,
      untilLive: (client: string, ...accounts: readonly string[]) =>
        waitUntil(
          `${client} is open for ${accounts.join()}`,
          () => desk.liveAt(client).join() === accounts.join(),
        ),
      untilSaid: (event: string) =>
        waitUntil(`it says ${event}`, () => said.find((each) => each.event === event)),
      asked: async (client: string) => {
        const answer = await source.ask(ip(client));
        if (!answer.known) return answer.why;
        return answer.value.map((each) => `${formatIp(each.client)} ${each.account ?? ""}`).join();
      },
    };
  }

  for (const [name, columns] of Object.entries(relayTables)) {
    test(`of the ${name} kind opens, prolongs and ends`, async (t) => {
      await createRelayTableFor(server, columns);
      const { desk, clock, untilLive, asked } = start(t);
      await insertRow(server, "192.0.2.1");
      await insertRow(server, "192.0.2.2", seconds(179 * minute));
      await insertRow(server, "192.0.2.3", seconds(181 * minute));
      await untilLive("192.0.2.1", "null");
      await untilLive("192.0.2.2", "null");
      assert.deepEqual(desk.liveAt("192.0.2.3"), []);
      assert.equal(await asked("192.0.2.1"), "192.0.2.1 ");
      assert.equal(await asked("192.0.2.3"), "");
      assert.equal(await asked("192.0.2.4"), "");
      clock.ahead = 2 * minute;
      await untilLive("192.0.2.2");
      await insertRow(server, "192.0.2.2");
      await untilLive("192.0.2.2", "null");
      await server.query("DELETE FROM relay WHERE ip_addr = '192.0.2.1'", "vpopmail");
      await untilLive("192.0.2.1");
      assert.ok(desk.told.includes("withdraw 192.0.2.1"));
      assert.deepEqual(desk.liveAt("192.0.2.2"), ["null"]);
      clock.ahead = 4 * rowLifetime;
      assert.deepEqual(desk.liveAt("192.0.2.2"), []);
    });
  }

  test("of Mail::Toaster's kind says whose login it was", async (t) => {
    await createRelayTableFor(server, relayTables.toaster);
    await server.query(
      `INSERT INTO relay VALUES ('192.0.2.1', '${seconds()}', 'Ann@Example.org'), ('192.0.2.2', '${seconds()}', 'ann')`,
      "vpopmail",
    );
    const { untilLive, asked } = start(t);
    await untilLive("192.0.2.1", "ann@example.org");
    await untilLive("192.0.2.2", "null");
    assert.equal(await asked("192.0.2.1"), "192.0.2.1 ann@example.org");
  });

  test("a row is told once, however often it is read", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    await insertRow(server, "192.0.2.1");
    const { desk, untilLive } = start(t);
    await untilLive("192.0.2.1", "null");
    await insertRow(server, "192.0.2.2");
    await untilLive("192.0.2.2", "null");
    assert.deepEqual(desk.told, ["open 192.0.2.1", "open 192.0.2.2"]);
  });

  test("what an answer has opened ends with its row as well", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    await insertRow(server, "192.0.2.1");
    const { desk, source, untilLive } = start(t);
    await insertRow(server, "192.0.2.2");
    const answer = await source.ask(ip("192.0.2.2"));
    for (const login of answer.known ? answer.value : []) await desk.opened(login);
    assert.deepEqual(desk.liveAt("192.0.2.2"), ["null"]);
    await server.query("DELETE FROM relay", "vpopmail");
    await untilLive("192.0.2.2");
    await untilLive("192.0.2.1");
  });

  test("a row from ahead of time counts from when it was seen, and not again and again", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    await insertRow(server, "192.0.2.1", seconds(-120 * minute));
    const { clock, untilLive, desk, asked } = start(t);
    await untilLive("192.0.2.1", "null");
    clock.ahead = 100 * minute;
    await insertRow(server, "192.0.2.2", seconds(-100 * minute));
    await untilLive("192.0.2.2", "null");
    assert.equal(await asked("192.0.2.1"), "192.0.2.1 ");
    clock.ahead = rowLifetime + minute;
    await insertRow(server, "192.0.2.3", seconds(-rowLifetime));
    await untilLive("192.0.2.3", "null");
    assert.deepEqual(desk.liveAt("192.0.2.1"), []);
    assert.deepEqual(desk.liveAt("192.0.2.2"), ["null"]);
  });

  test("rows that make no sense are each said once, and the others count", async (t) => {
    await createRelayTableFor(server, "ip_addr varchar(18), timestamp varchar(20)");
    const now = seconds();
    const rows = [
      ["x", now],
      ["", now],
      ["1.2.3.", now],
      ["127.0.0.1", now],
      ["2001:db8::1:2:3456", now],
      ["192.0.2.3", "abc"],
      ["192.0.2.4", -5],
      ["192.0.2.5", "1764150000000"],
      ["192.0.2.6", now],
    ].map(([address, at]) => `('${address}', '${at}')`);
    await server.query(`INSERT INTO relay VALUES ${rows.join()}, (NULL, NULL)`, "vpopmail");
    const { desk, said, untilLive } = start(t);
    await untilLive("192.0.2.6", "null");
    await insertRow(server, "192.0.2.7");
    await untilLive("192.0.2.7", "null");
    const texts = said.map(({ text }) => text);
    assert.deepEqual(texts.length, 6, texts.join("\n"));
    assert.match(texts.join("\n"), /3 rows, such as the one with .*, hold no address; delete them/);
    assert.match(texts.join("\n"), /1 row, with "1\.2\.3\.", hold a prefix/);
    assert.match(texts.join("\n"), /1 row, with "127\.0\.0\.1", hold an address of this host/);
    assert.match(texts.join("\n"), /make the column ip_addr varchar\(39\)/);
    assert.deepEqual(desk.live().length, 2);
  });

  test("a table that is not there, or closed to us, is said with what to do", async (t) => {
    await createRelayTableFor(server, "");
    const { said, untilSaid, untilLive, asked } = start(t);
    const refused = await untilSaid("relay-table-refused");
    assert.match(refused.text, /relay' doesn't exist; vpopmail makes it at the first login/);
    assert.match(await asked("192.0.2.1"), /the relay table does not answer: /);
    await createRelayTableFor(server, relayTables.newer, "INSERT");
    await waitUntil("it says so", () =>
      said.some(({ text }) => /GRANT SELECT ON vpopmail/.test(text)),
    );
    await createRelayTableFor(server, relayTables.newer);
    await insertRow(server, "192.0.2.1");
    await untilLive("192.0.2.1", "null");
    await untilSaid("relay-table-back");
    const faults = said.filter(({ event }) => event === "relay-table-refused");
    // It is made anew in between, which is other news.
    assert.ok(faults.length <= 5, faults.map(({ text }) => text).join("\n"));
  });

  test("more rows than are read at once are asked for, and end", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    const now = seconds();
    await server.query(
      `INSERT INTO relay SELECT CONCAT('10.', seq DIV 65536, '.', seq DIV 256 % 256, '.', seq % 256), ${now} - 30000 / 1e4 + seq % 3 FROM seq_1_to_30000; INSERT INTO relay VALUES ('192.0.2.1', ${now - 9_000})`,
      "vpopmail",
    );
    const { desk, source, untilSaid } = start(t);
    const { text } = await untilSaid("relay-table-large");
    assert.match(text, /more than 20000 rows/);
    const answer = await source.ask(ip("192.0.2.1"));
    for (const login of answer.known ? answer.value : []) await desk.opened(login);
    assert.deepEqual(desk.liveAt("192.0.2.1"), ["null"]);
    await server.query("DELETE FROM relay WHERE ip_addr LIKE '192.%'", "vpopmail");
    await waitUntil("it ends", () => desk.liveAt("192.0.2.1").length === 0);
    assert.ok(desk.live().length >= 20_000);
  });

  test("a server that is down, that hangs and that comes back", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    await insertRow(server, "192.0.2.1");
    const { desk, untilLive, untilSaid, asked } = start(t, { timeout: 300 });
    await untilLive("192.0.2.1", "null");
    server.pause();
    assert.match(await asked("192.0.2.2"), /no answer within 300 ms/);
    server.resume();
    await server.stop();
    await untilSaid("relay-table-unavailable");
    assert.match(await asked("192.0.2.2"), /the relay table does not answer/);
    assert.deepEqual(desk.liveAt("192.0.2.1"), ["null"]);
    await server.start();
    await insertRow(server, "192.0.2.2");
    await untilLive("192.0.2.2", "null");
    await untilSaid("relay-table-back");
    assert.equal(await asked("192.0.2.2"), "192.0.2.2 ");
  });

  test("what opens relaying here is written, renewed and taken away", async (t) => {
    await createRelayTableFor(server, relayTables.toaster);
    const { clock, desk, login } = start(t, { write: true });
    await login("192.0.2.1");
    await login("192.0.2.2", "s");
    const first = await waitUntil("they are written", async () => {
      const rows = await readRows(server);
      return rows.size === 2 && rows;
    });
    assert.ok(Math.abs((first.get("192.0.2.1") ?? 0) - seconds()) <= 2);
    const [named] = await server.query("SELECT name FROM relay LIMIT 1", "vpopmail");
    assert.equal(named?.["name"], "ann@example.org");
    clock.ahead = 91 * minute;
    await waitUntil("it is renewed", async () => {
      const rows = await readRows(server);
      return (rows.get("192.0.2.2") ?? 0) >= seconds(-90 * minute);
    });
    assert.equal((await readRows(server)).get("192.0.2.1"), first.get("192.0.2.1"));
    desk.revoke("192.0.2.2");
    await waitUntil("it is taken away", async () => !(await readRows(server)).has("192.0.2.2"));
    clock.ahead = 181 * minute;
    await waitUntil("it is over", async () => (await readRows(server)).size === 0);
    assert.deepEqual(desk.told, [
      "open 192.0.2.1 ann@example.org",
      "open 192.0.2.2 ann@example.org s",
    ]);
  });

  test("rows of ours never open anything, nor prolong themselves, not even after a restart", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    const clock = { ahead: 0 };
    const first = start(t, { write: true, clock });
    await first.login("192.0.2.1");
    await first.login("192.0.2.2", "s");
    await insertRow(server, "192.0.2.3");
    await waitUntil("they are written", async () => (await readRows(server)).size === 3);
    await first.untilLive("192.0.2.3", "null");
    assert.equal(await first.asked("192.0.2.1"), "");
    assert.equal(await first.asked("192.0.2.2"), "");
    await first.source.close();

    const { desk } = first;
    const second = start(t, { write: true, clock, desk });
    await insertRow(server, "192.0.2.4");
    await second.untilLive("192.0.2.4", "null");
    assert.equal(await second.asked("192.0.2.1"), "");
    assert.deepEqual(desk.liveAt("192.0.2.1"), ["ann@example.org"]);
    assert.deepEqual(desk.liveAt("192.0.2.2"), ["ann@example.org"]);
    const earlier = await readRows(server);
    clock.ahead = 170 * minute;
    await waitUntil("the session's is renewed", async () => {
      const rows = await readRows(server);
      return rows.get("192.0.2.2") !== earlier.get("192.0.2.2");
    });
    const rows = await readRows(server);
    for (const other of ["192.0.2.1", "192.0.2.3", "192.0.2.4"]) {
      assert.equal(rows.get(other), earlier.get(other), other);
    }
    clock.ahead = 190 * minute;
    await waitUntil("all others are over", async () => (await readRows(server)).size === 1);
    assert.deepEqual(
      desk.live().map(({ client, source }) => `${formatIp(client)} ${source}`),
      ["192.0.2.2 http"],
    );
  });

  test("somebody else's row in the place of ours counts", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    const { login, untilLive } = start(t, { write: true });
    await login("192.0.2.1");
    await waitUntil("it is written", async () => (await readRows(server)).size === 1);
    await insertRow(server, "192.0.2.1", seconds() + 2);
    await untilLive("192.0.2.1", "ann@example.org", "null");
  });

  test("two that write the same table prolong nothing for each other", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    const clock = { ahead: 0 };
    const one = start(t, { write: true, clock });
    const other = start(t, { write: true, clock });
    await one.login("192.0.2.1");
    await other.login("192.0.2.2");
    await one.untilLive("192.0.2.2", "null");
    await other.untilLive("192.0.2.1", "null");
    const rows = await readRows(server);
    for (const ahead of [60, 100, 140, 179]) {
      clock.ahead = ahead * minute;
      // A row that is read shows that both have gone through the table since.
      const client = `192.0.2.${ahead}`;
      await insertRow(server, client, seconds(-clock.ahead));
      await one.untilLive(client, "null");
      await other.untilLive(client, "null");
      const now = await readRows(server);
      for (const [address, at] of rows) assert.equal(now.get(address), at);
    }
    clock.ahead = 181 * minute;
    await waitUntil("they are over", async () => {
      const left = await readRows(server);
      return !left.has("192.0.2.1") && !left.has("192.0.2.2");
    });
    for (const { desk } of [one, other]) {
      assert.deepEqual([desk.liveAt("192.0.2.1"), desk.liveAt("192.0.2.2")], [[], []]);
    }
  });

  test("hosts that share their grants take each other's rows for no news, nor write them", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    const clock = { ahead: 0 };
    const one = start(t, { write: true, clock, isShared: true });
    const other = start(t, { write: true, clock, isShared: true });
    await one.login("192.0.2.1", "s");
    await waitUntil("it is written", async () => (await readRows(server)).has("192.0.2.1"));
    // Before the other has heard of the grant.
    assert.equal(await other.asked("192.0.2.1"), "");
    for (const grant of one.desk.live()) other.desk.adopt(grant);
    for (const ahead of [1, 91, 182]) {
      clock.ahead = ahead * minute;
      await waitUntil("it is renewed", async () => {
        const at = (await readRows(server)).get("192.0.2.1") ?? 0;
        return at * 1000 > Date.now() + clock.ahead - 91 * minute;
      });
      const client = `192.0.2.${ahead + 10}`;
      await insertRow(server, client, seconds(-clock.ahead) - 10);
      await one.untilLive(client, "null");
      await other.untilLive(client, "null");
      for (const { desk } of [one, other]) {
        assert.deepEqual(desk.liveAt("192.0.2.1"), ["ann@example.org"]);
      }
    }
    assert.ok(!other.desk.told.includes("open 192.0.2.1"));
    assert.ok(!one.desk.told.includes("open 192.0.2.1"));
  });

  test("what could not be written while the server was down is written when it is back", async (t) => {
    await createRelayTableFor(server, relayTables.old);
    const { login, untilSaid, said } = start(t, { write: true, timeout: 1_000 });
    await server.stop();
    await login("192.0.2.1", "s");
    await untilSaid("relay-table-not-written");
    await login("2001:db8:1:2:3:4:5:6");
    await server.start();
    await waitUntil("it is written", async () => (await readRows(server)).has("192.0.2.1"));
    const { text } = await untilSaid("relay-table-narrow");
    assert.match(text, /cannot hold 2001:db8:1:2:3:4:5:6: make its column ip_addr varchar\(39\)/);
    assert.deepEqual([...(await readRows(server)).keys()], ["192.0.2.1"]);
    assert.equal(said.filter(({ event }) => event === "relay-table-narrow").length, 1);
  });

  test("without the right to write, that is said, and reading goes on", async (t) => {
    await createRelayTableFor(server, relayTables.newer, "SELECT");
    await insertRow(server, "192.0.2.1");
    const { login, untilLive, untilSaid } = start(t, { write: true });
    await login("192.0.2.2");
    const { text } = await untilSaid("relay-table-not-written");
    assert.match(text, /INSERT, DELETE where write is true/);
    await untilLive("192.0.2.1", "null");
    await insertRow(server, "192.0.2.3");
    await untilLive("192.0.2.3", "null");
  });
});
