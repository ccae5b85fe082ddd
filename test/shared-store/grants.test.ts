// A login on one host lets the user relay through another.

import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { connectOperations } from "../../src/app/control.ts";
import { parseAddress } from "../../src/core/mail/address.ts";
import { parseIp } from "../../src/core/mail/ip.ts";
import { startMariaDb, whyNoMariaDb } from "../support/mariadb.ts";
import { behindProxy, recipientReply } from "../support/proxied.ts";
import type { TestServer } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";
import { handClock, hostOn, loginAt } from "../../src/server/grants/fixture.test.ts";
import { openStore } from "../../src/io/store/open.ts";
import { scratchDatabase, sharing } from "../../src/io/store/fixture.test.ts";
import { makeDatabase, startHost } from "./support/hosts.ts";

const home = "203.0.113.9";
const client = parseIp(home) ?? assert.fail();
const ann = "ann@example.org";
const more = {
  listeners: { mx: { role: "mx", ...behindProxy } },
  relay: { roaming: {} },
  domains: { "example.org": { deliver: "mailboxes" } },
};
/** Milliseconds: it takes less than two seconds on a machine that does nothing else. */
const soon = 10_000;

async function operationsOf(server: TestServer) {
  const operations = await connectOperations(join(server.dataFolder, "control.sock"));
  return operations ?? assert.fail("no server listens");
}

suite("hosts that share a database", { skip: await whyNoMariaDb() }, () => {
  test("share grants and revocations", async (t) => {
    const shared = await makeDatabase(await startMariaDb(t));
    const options = { more, to: "127.0.0.1:1" };
    const one = await startHost(t, shared, { ...options, hostname: "one.example.org" });
    const two = await startHost(t, shared, { ...options, hostname: "two.example.org" });
    const [first, second] = [await operationsOf(one), await operationsOf(two)];
    const account = parseAddress(ann);
    assert.ok(account.ok);
    await first.accountAdd(account.value, null);
    const ask = (server: TestServer) =>
      recipientReply(server.address, home, [ann, "friend@elsewhere.example"]);

    assert.match(await ask(two), /^550 /);
    await first.grantAdd(client, account.value, null);
    await waitUntil("the other host relays", async () => (await ask(two)).startsWith("250 "), soon);
    const [kept] = await second.grantList({ client, account: ann }, false);
    assert.equal(kept?.source, "operator");
    await second.grantRevoke({ client });
    assert.match(await ask(two), /^550 /);
    await waitUntil("the first refuses", async () => (await ask(one)).startsWith("550 "), soon);

    // Who kept a grant may be gone.
    await second.grantAdd(client, account.value, 3_600_000);
    await waitUntil("the first relays", async () => (await ask(one)).startsWith("250 "), soon);
    await two.kill();
    await one.stop();
    const again = await startHost(t, shared, { ...options, hostname: "one.example.org" });
    assert.match(await ask(again), /^250 /);
  });

  test("say that a change holds which the database does not take", async (t) => {
    const database = await startMariaDb(t);
    const shared = await makeDatabase(database);
    const options = { more, to: "127.0.0.1:1", hostname: "one.example.org" };
    const host = await startHost(t, shared, options);
    const added = await host.run("grants", "add", "203.0.113.10", "--account", ann);
    assert.equal(added.code, 0, added.stderr);
    await database.stop("SIGKILL");
    const held =
      /^bailiwick: it holds here now, and is not written: a restart of the server would forget it, .*\(the store \(database mail_/;
    for (const words of [
      ["grants", "add", home, "--account", ann],
      ["grants", "revoke", "203.0.113.10"],
      ["bans", "add", "203.0.113.11"],
    ]) {
      const { code, stderr } = await host.run(...words);
      assert.match(stderr, held, words.join(" "));
      assert.equal(code, 75);
    }
    const none = await host.run("grants", "revoke", "203.0.113.12");
    assert.match(none.stderr, /there is no grant for 203\.0\.113\.12/);
    assert.equal(none.code, 1);
    const { stdout } = await host.run("grants", "list");
    assert.match(stdout, /203\.0\.113\.9 /);
    assert.doesNotMatch(stdout, /203\.0\.113\.10 /);
    assert.match((await host.run("bans", "list")).stdout, /203\.0\.113\.11/);
  });

  test("write at the same time, and none misses what another wrote", async (t) => {
    const { socket } = await startMariaDb(t);
    const place = await scratchDatabase(socket);
    const clock = handClock();
    const hosts = [];
    for (const node of ["one", "two", "three"]) {
      const store = await openStore(place, sharing(node));
      t.after(() => store.close());
      hosts.push(hostOn(t, store.grants, { clock, node, isShared: true }));
    }
    for (const host of hosts) await host.start();
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        hosts.map((host, index) => {
          for (let user = 0; user < 10; user++) {
            const octets = [10, index, round, user];
            const account = `u${index}.${round}.${user}@example.org`;
            host.open(loginAt(clock, { account, client: { version: 4, octets } }));
          }
          return host.flush();
        }),
      );
    }
    for (const host of hosts) {
      await host.look();
      assert.equal(host.list().length, 3 * 20 * 10);
    }
    // Each revokes what another granted, while that one writes it anew.
    await Promise.all(
      hosts.map(async (host, index) => {
        const octets = [10, (index + 1) % 3, 0, 0];
        const own = { version: 4, octets: [10, index, 0, 0] } as const;
        host.open(loginAt(clock, { account: `u${index}.0.0@example.org`, client: own }));
        await host.revoke({ client: { version: 4, octets } });
      }),
    );
    for (const host of hosts) {
      await host.look();
      const revoked = host.list().filter(({ revokedAt }) => revokedAt !== null);
      assert.equal(revoked.length, 3);
    }
  });
});
