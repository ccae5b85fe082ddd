// Grants while the disk is full: nobody who reads mail notices, and what was granted is kept later.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { connectOperations } from "../../src/app/control.ts";
import { parseAddress } from "../../src/core/mail/address.ts";
import { parseIp } from "../../src/core/mail/ip.ts";
import { behindProxy, recipientReply } from "../support/proxied.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { mountSmallDisk, noSmallDisk } from "./support/small-disk.ts";

const home = "203.0.113.9";
const client = parseIp(home) ?? assert.fail();
const ann = "ann@example.org";

function configurationOn(data: string) {
  return {
    data,
    listeners: { mx: { role: "mx", ...behindProxy } },
    relay: { roaming: {} },
    domains: { "example.org": { deliver: "mailboxes" } },
  };
}

async function operationsOf(data: string) {
  return (await connectOperations(join(data, "control.sock"))) ?? assert.fail("nobody listens");
}

function ask(server: TestServer): Promise<string> {
  return recipientReply(server.address, home, [ann, "friend@elsewhere.example"]);
}

test(
  "a full disk holds no grant up, and keeps it when there is space",
  { skip: await noSmallDisk() },
  async (t) => {
    const disk = await mountSmallDisk(t, 8_000_000);
    const data = join(disk.folder, "data");
    const server = await startBailiwick(t, { configuration: configurationOn(data) });
    const operations = await operationsOf(data);
    const account = parseAddress(ann);
    assert.ok(account.ok);
    await operations.accountAdd(account.value, null);
    await disk.fill(0);
    // The operator learns that it may not outlast a restart; it holds all the same.
    await assert.rejects(
      operations.grantAdd(client, account.value, 3_600_000),
      /^.*holds here now, and is not written: .*(?:space|full)/i,
    );
    assert.match(await ask(server), /^250 /);
    await server.untilLogged(({ event }) => event === "grants-not-kept");
    await disk.free();
    // By itself in some seconds, or with the next that is written.
    await operations.grantReport(1);
    await server.untilLogged(({ event }) => event === "grants-kept-again");
    await server.kill();
    const again = await startBailiwick(t, {
      folder: server.folder,
      configuration: configurationOn(data),
    });
    assert.match(await ask(again), /^250 /);
  },
);
