// A host and its database die under load, again and again: what was acknowledged arrives, clients are
// told to come back meanwhile, and everything finds together again by itself.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Load, startLoad } from "../faults/support/load.ts";
import { between, createRandom } from "../faults/support/random.ts";
import { untilDrained } from "../faults/support/relay.ts";
import { startMariaDb, whyNoMariaDb } from "../support/mariadb.ts";
import { temporaryFolder } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";
import { makeDatabase, noRows, rowsLeft, startHost } from "./support/hosts.ts";

const skip = await whyNoMariaDb();

test("mail on MariaDB outlives those who keep it", { skip, timeout: 240_000 }, async (t) => {
  const seed = Number(process.env["BAILIWICK_SEED"] ?? Date.now() % 1_000_000);
  t.diagnostic(`BAILIWICK_SEED=${seed}`);
  const random = createRandom(seed);
  const database = await startMariaDb(t, { isDurable: true });

  await t.test("kill -9 of the host loses nothing that was acknowledged", async (t2) => {
    const shared = await makeDatabase(database);
    const sink = await startSink(t2);
    const folder = await temporaryFolder(t2);
    const start = () => startHost(t2, shared, { hostname: "a.test", folder, via: sink.name });
    let server = await start();
    const load = startLoad({ random, address: () => server.address, senders: 8 });
    for (let round = 0; round < 5; round++) {
      await untilMorePromised(load);
      await delay(between(random, 100, 600));
      await server.kill();
      server = await start();
    }
    await load.stop();
    await untilAllArrived(t2, load, sink);
    await untilDrained(server, 30_000);
    assert.equal(await server.stop(), 0);
    assert.deepEqual(await rowsLeft(shared), noRows);
  });

  await t.test("a database that is killed and comes back loses nothing", async (t2) => {
    const shared = await makeDatabase(database);
    const sink = await startSink(t2);
    const server = await startHost(t2, shared, { hostname: "a.test", via: sink.name });
    const load = startLoad({ random, address: () => server.address, senders: 8 });
    for (let round = 0; round < 3; round++) {
      await untilMorePromised(load);
      await delay(between(random, 100, 600));
      await database.stop("SIGKILL");
      assert.match(await tryToSend(server.address), /^4\d\d /);
      await database.start();
    }
    await waitUntil("mail is taken again", async () =>
      (await tryToSend(server.address)).startsWith("250 "),
    );
    await load.stop();
    await untilAllArrived(t2, load, sink);
    await untilDrained(server, 60_000);
    await database.stop();
    assert.equal(await server.stop(), 0, "a stop does not wait for a database");
    await database.start();
    assert.deepEqual(await rowsLeft(shared), noRows);
  });
});

/** On a busy machine it takes a while until a round has any load. */
async function untilMorePromised({ promised }: Load): Promise<void> {
  const before = promised.size;
  await waitUntil("some more is promised", () => promised.size >= before + 5);
}

/** The first refusal, or the last answer. */
async function tryToSend(address: { host: string; port: number }): Promise<string> {
  const client = await openSession(address);
  const { recipients, content } = await client.send({
    from: "a@client.example",
    to: ["probe@else.example"],
    content: "Subject: Probe\r\n\r\nProbe.\r\n",
  });
  client.destroy();
  return content ?? recipients[0] ?? "";
}

async function untilAllArrived(t: TestContext, load: Load, sink: Sink): Promise<void> {
  const missing = (): readonly string[] => {
    const arrived = new Set(sink.messages.flatMap(({ recipients }) => recipients));
    return [...load.promised.keys()].filter((id) => !arrived.has(id));
  };
  await waitUntil("all that was promised has arrived", () => missing().length === 0, 60_000).catch(
    (error: unknown) => {
      throw new Error(`lost: ${missing().join(" ")}`, { cause: error });
    },
  );
  assert.ok(load.promised.size > 20, "the load was no load");
  const arrived = sink.messages.flatMap(({ recipients }) => recipients);
  for (const half of load.halves) assert.ok(!arrived.includes(half), `${half} was left half-way`);
  t.diagnostic(
    `${load.promised.size} promised, ${load.sent.size - load.promised.size} without a promise, ` +
      `${arrived.length - new Set(arrived).size} arrived again`,
  );
}
