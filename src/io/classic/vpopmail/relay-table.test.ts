// The relay table in a real MariaDB, in all its versions.

import assert from "node:assert/strict";
import { after, before, suite, test, type TestContext } from "node:test";
import { type MariaDb, startMariaDb, whyNoMariaDb } from "../../../../test/support/mariadb.ts";
import {
  createRelayTableFor,
  insertRow,
  readRows,
  relayTables,
  relayUser,
} from "../../../../test/support/relay-table.ts";
import { type IpAddress, parseIp } from "../../../core/mail/ip.ts";
import { createDatabase } from "./database.ts";
import { createRelayTable, mostRows, type RelayTable } from "./relay-table.ts";

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

async function addressesIn(table: RelayTable, over = 100): Promise<readonly (string | null)[]> {
  return (await table.read(over)).rows.map(({ address }) => address);
}

suite("the relay table", { skip: await whyNoMariaDb() }, () => {
  let server: MariaDb;
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    server = await startMariaDb({ after: (act) => cleanups.unshift(act) });
  });

  after(async () => {
    for (const act of cleanups) await act();
  });

  function tableOn(t: TestContext): RelayTable {
    const options = { at: { socket: server.socket }, ...relayUser, atOnce: 2, timeout: 10_000 };
    const table = createRelayTable({
      table: "relay",
      database: createDatabase(options),
      quick: createDatabase(options),
    });
    t.after(() => table.close());
    return table;
  }

  for (const [name, columns] of Object.entries(relayTables)) {
    test(`of the ${name} kind is read, asked and written`, async (t) => {
      await createRelayTableFor(server, columns);
      const table = tableOn(t);
      assert.deepEqual(await addressesIn(table), []);
      await insertRow(server, "192.0.2.1", 101);
      await insertRow(server, "192.0.2.2", 100);
      await insertRow(server, "::ffff:192.0.2.3", 1_764_150_000);
      assert.deepEqual(await addressesIn(table), ["::ffff:192.0.2.3", "192.0.2.1"]);

      const found = await table.find([ip("192.0.2.3"), ip("192.0.2.2"), ip("192.0.2.9")]);
      const stamps = new Set(found.rows.map(({ timestamp }) => timestamp));
      assert.deepEqual(stamps, new Set(["100", "1764150000"]));
      assert.equal(found.width, name === "newer" ? 39 : 18);

      const account = "alice@example.org";
      assert.ok(await table.write({ client: ip("192.0.2.4"), timestamp: 500, account }));
      assert.ok(await table.write({ client: ip("192.0.2.4"), timestamp: 600, account }));
      const six = { client: ip("2001:db8:1:2:3:4:5:6"), timestamp: 600, account };
      assert.equal(await table.write(six), name === "newer");
      const [row] = (await table.find([ip("192.0.2.4")])).rows;
      const written = { address: "192.0.2.4", timestamp: "600" };
      assert.deepEqual(row, { ...written, name: name === "toaster" ? account : null });

      const others = ["ж@example.org", `${"x".repeat(64)}@example.org`, undefined];
      for (const [index, each] of others.entries()) {
        const client = ip(`192.0.2.1${index}`);
        assert.ok(await table.write({ client, timestamp: 100, account: each }));
        const [other] = (await table.find([client])).rows;
        assert.ok(other !== undefined && !other.name, JSON.stringify(other));
      }

      await table.remove({ client: ip("192.0.2.4"), timestamp: 599 });
      assert.ok((await readRows(server)).has("192.0.2.4"));
      await table.remove({ client: ip("192.0.2.4"), timestamp: 600 });
      assert.ok(!(await readRows(server)).has("192.0.2.4"));
      await table.prune(101);
      assert.deepEqual(
        [...(await readRows(server)).keys()].filter((key) => !key.startsWith("2001")),
        ["::ffff:192.0.2.3"],
      );
    });
  }

  test("holds rows that make no sense, which are read as they are", async (t) => {
    await createRelayTableFor(server, "ip_addr char(18), timestamp char(12), name char(64)");
    await server.query(
      `INSERT INTO relay VALUES (NULL, NULL, NULL), ('1.2.3.', '900', ''), ('x', 'abc', 'é'),
       ('192.0.2.1', '-5', NULL), ('192.0.2.2', '999999999999', NULL), ('192.0.2.3', '50', NULL)`,
      "vpopmail",
    );
    const table = tableOn(t);
    const { rows, isWhole } = await table.read(100);
    assert.ok(isWhole);
    assert.deepEqual(rows[0], { address: "192.0.2.2", timestamp: "999999999999", name: null });
    const others = rows.slice(1).map(({ address }) => address);
    assert.deepEqual(new Set(others), new Set(["1.2.3.", "192.0.2.1", "x", null]));
    await table.remove({ client: ip("192.0.2.3"), timestamp: 51 });
    await table.prune(100);
    assert.deepEqual([...(await readRows(server)).keys()].toSorted(), [
      "1.2.3.",
      "192.0.2.2",
      "null",
    ]);
  });

  test("of unusual columns is read where it can be", async (t) => {
    for (const columns of [
      "ip_addr varbinary(39), timestamp bigint unsigned, name text",
      "IP_ADDR text, TIMESTAMP decimal(12,0), name int",
      "ip_addr varchar(39) CHARACTER SET utf8mb4, timestamp varchar(20)",
    ]) {
      await createRelayTableFor(server, columns);
      await insertRow(server, "192.0.2.1", 101);
      const table = tableOn(t);
      assert.deepEqual((await table.read(100)).rows, [
        { address: "192.0.2.1", timestamp: "101", name: null },
      ]);
      assert.equal((await table.find([ip("192.0.2.1")])).rows.length, 1);
    }
  });

  const faults: readonly (readonly [string, string, string, RegExp])[] = [
    ["a missing table", "", "SELECT", /relay' doesn't exist/],
    ["no right to read", relayTables.old, "INSERT", /SELECT command denied/],
    [
      "a date for a time",
      "ip_addr char(18), timestamp datetime",
      "SELECT",
      /timestamp of type dat/,
    ],
    [
      "no address",
      "address char(18), timestamp int",
      "SELECT",
      /has no column ip_addr; vpopmail's/,
    ],
    ["a number for an address", "ip_addr int, timestamp int", "SELECT", /ip_addr of type int/],
  ];
  for (const [name, columns, rights, problem] of faults) {
    test(`${name} is the operator's to mend, and mended without a restart`, async (t) => {
      await createRelayTableFor(server, columns, rights);
      const table = tableOn(t);
      await assert.rejects(table.read(0), { fault: "misconfigured", message: problem });
      await assert.rejects(table.find([ip("192.0.2.1")]), { fault: "misconfigured" });
      await createRelayTableFor(server, relayTables.newer);
      assert.deepEqual(await addressesIn(table), []);
    });
  }

  test("another table in the place of the one that was looked at is looked at", async (t) => {
    await createRelayTableFor(server, relayTables.toaster);
    const table = tableOn(t);
    await table.read(0);
    await createRelayTableFor(server, relayTables.newer);
    await assert.rejects(table.read(0), { code: "ER_BAD_FIELD_ERROR" });
    assert.deepEqual(await addressesIn(table), []);
  });

  test("without the right to write says so", async (t) => {
    await createRelayTableFor(server, relayTables.old, "SELECT");
    const table = tableOn(t);
    const entry = { client: ip("192.0.2.4"), timestamp: 500, account: undefined };
    await assert.rejects(table.write(entry), { fault: "misconfigured", message: /denied/ });
    await assert.rejects(table.prune(1), { fault: "misconfigured", message: /denied/ });
  });

  test("is read up to a bound, and asked by its index, however large it is", async (t) => {
    await createRelayTableFor(server, relayTables.newer);
    await server.query(
      "INSERT INTO relay SELECT CONCAT('10.', seq DIV 65536, '.', seq DIV 256 % 256, '.', seq % 256), 1000 + seq FROM seq_1_to_100000",
      "vpopmail",
    );
    const table = tableOn(t);
    const { rows, isWhole } = await table.read(100);
    assert.equal(isWhole, false);
    assert.equal(rows.length, mostRows);
    assert.deepEqual(rows[0], { address: "10.1.134.160", timestamp: "101000", name: null });
    assert.equal((await table.read(100_990)).rows.length, 10);
    assert.equal((await table.find([ip("10.0.0.1")])).rows.length, 1);
    const [plan] = await server.query(
      "EXPLAIN SELECT * FROM relay WHERE ip_addr IN ('10.0.0.1', '::ffff:10.0.0.1', '::FFFF:10.0.0.1')",
      "vpopmail",
    );
    assert.equal(plan?.["key"], "PRIMARY");
  });
});
