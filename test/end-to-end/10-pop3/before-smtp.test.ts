// POP before SMTP, as users of old clients know it: whoever reads mail here may send from the same
// address, for as long as the session lasts and a while after it.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { openPop3, type Pop3Client } from "../../support/pop3-client.ts";
import { recipientReply } from "../../support/proxied.ts";
import { temporaryFolder } from "../../support/server.ts";
import { waitUntil } from "../../support/wait.ts";
import { password, startWorld } from "./world.ts";

const foreign = "friend@elsewhere.example";
const ok = /^250 2\.1\.5 Ok, relayed because you have just read your mail here$/;
const denied = /^550 5\.7\.1 Relaying denied/;

const domains = await temporaryFolder({ after });
await mkdir(join(domains, "example.org"));
const hash = "$1$saltsalt$9xy1btjgzLYfb7hivXtC//"; // of: secret
await writeFile(
  join(domains, "example.org", "vpasswd"),
  ["free:0", "bound:32"]
    .map((user) => user.split(":"))
    .map(([name, flags]) => `${name}:${hash}:1:${flags}:A User:/home/vpopmail/${name}:NOQUOTA\n`)
    .join(""),
);
const { at, addUser, server } = await startWorld(
  { after },
  { relay: { roaming: { lifetime: "1s" } }, logins: [{ "vpopmail-cdb": domains }] },
);

const relays = (client: string, from: string) =>
  recipientReply(at("mx-anywhere"), client, [from, foreign]);

/** A session in which somebody has logged in from there, over STLS. */
async function read(client: string, user: string, secret = password): Promise<Pop3Client> {
  const clear = await openPop3(at("pop3-anywhere"), { behindProxy: client });
  const secured = await clear.startTls();
  assert.match(await secured.logIn(user, secret), /^\+OK/);
  return secured;
}

test("a login lets its address send as its user, from +OK on until a while after the end", async () => {
  const home = "203.0.113.9";
  const { address } = await addUser();
  assert.match(await relays(home, address), denied);
  const session = await read(home, address);
  assert.match(await relays(home, address), ok);
  assert.match(await relays(home, "zoe@example.org"), denied);
  assert.match(await relays("203.0.113.10", address), denied);
  // The lifetime counts from the end: one that begins later and ends is over first.
  const other = await addUser();
  (await read("203.0.113.11", other.address)).destroy();
  await waitUntil("the later grant is over", async () =>
    denied.test(await relays("203.0.113.11", other.address)),
  );
  assert.match(await relays(home, address), ok);
  session.destroy();
  await waitUntil("the grant is over", async () => denied.test(await relays(home, address)));
});

test("a wrong password opens nothing", async () => {
  const home = "203.0.113.20";
  const { address } = await addUser();
  const clear = await openPop3(at("pop3-anywhere"), { behindProxy: home });
  const secured = await clear.startTls();
  assert.match(await secured.logIn(address, "guess"), /^-ERR/);
  assert.match(await relays(home, address), denied);
  secured.destroy();
});

test("vpopmail's NO_RELAY keeps a user from it, and from nothing else", async () => {
  const homes = { free: "203.0.113.30", bound: "203.0.113.31" };
  for (const [name, home] of Object.entries(homes)) {
    const session = await read(home, `${name}@example.org`, "secret");
    await session.expect("STAT", "+OK");
    const expected = name === "free" ? ok : denied;
    assert.match(await relays(home, `${name}@example.org`), expected);
    await session.expect("QUIT", "+OK");
  }
});

test("an app password that only reads opens nothing to send by", async () => {
  const { address } = await addUser();
  for (const [scope, home] of [
    ["read", "203.0.113.40"],
    ["all", "203.0.113.41"],
  ] as const) {
    const words = ["app-password", "add", address, scope, "--scope", scope, "--json"];
    const { stdout } = await server.run(...words);
    const session = await read(home, address, JSON.parse(stdout).password);
    assert.match(await relays(home, address), scope === "read" ? denied : ok);
    session.destroy();
  }
});
