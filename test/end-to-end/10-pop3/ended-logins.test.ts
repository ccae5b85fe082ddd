// An operator shuts somebody out: their open sessions end, and what these had let them do.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { callServer } from "../../../src/io/control/client.ts";
import { makeCredentials } from "../../../src/io/password/credentials.ts";
import { openPop3, type Pop3Client } from "../../support/pop3-client.ts";
import { recipientReply } from "../../support/proxied.ts";
import { password, startWorld, type User } from "./world.ts";

const { server, at, addUser } = await startWorld({ after }, { relay: { roaming: {} } });
/** The client of a user: each has an address of its own. */
const homeOf = ({ address }: User) => `203.0.113.${/\d+/.exec(address)?.[0]}`;

async function call(name: string, ...given: readonly unknown[]): Promise<unknown> {
  const reply = await callServer(join(server.dataFolder, "control.sock"), {
    call: name,
    arguments: given,
  });
  assert.ok(reply?.ok === true, JSON.stringify(reply));
  return reply.value;
}

async function enter(user: User): Promise<Pop3Client> {
  const clear = await openPop3(at("pop3-anywhere"), { behindProxy: homeOf(user) });
  const secured = await clear.startTls();
  assert.match(await secured.logIn(user.address, password), /^\+OK/);
  return secured;
}

const renewed = await makeCredentials("another one");
const addressOf = ({ address }: User) => ({ local: address.split("@")[0], domain: "example.org" });
const relays = (user: User) =>
  recipientReply(at("mx-anywhere"), homeOf(user), [user.address, "friend@elsewhere.example"]);

const acts: Readonly<Record<string, (user: User) => Promise<unknown>>> = {
  disabled: (user) => call("accountSetDisabled", addressOf(user), true),
  removed: (user) => call("accountRemove", addressOf(user)),
  "given a new password": (user) =>
    call("accountSetCredentials", addressOf(user), renewed.ok && renewed.value),
};

for (const [name, act] of Object.entries(acts)) {
  test(`an account that is ${name} loses its sessions, its grants and no mail`, async () => {
    const [user, other] = [await addUser(), await addUser()];
    await user.put("Subject: one\n\nHello\n");
    const [session, bystander] = [await enter(user), await enter(other)];
    await session.expect("DELE 1", "+OK");
    assert.match(await relays(user), /^250 /);
    await act(user);
    assert.deepEqual(await session.rest(), ["-ERR [SYS/TEMP] Shutting down; try again soon"]);
    assert.match(await relays(user), /^550 /);
    assert.equal((await user.files()).length, 1);
    await bystander.expect("QUIT", "+OK");
  });
}

test("an app password that is taken back takes the sessions along", async () => {
  const user = await addUser();
  const session = await enter(user);
  const made = await call("appPasswordAdd", addressOf(user), {
    name: "phone",
    scope: "read",
    digest: "0".repeat(64),
  });
  assert.ok(typeof made === "object" && made !== null && "id" in made);
  await call("appPasswordRemove", made.id);
  assert.deepEqual(await session.rest(), ["-ERR [SYS/TEMP] Shutting down; try again soon"]);
  assert.match(await relays(user), /^550 /);
  // Whoever has a good login comes in again.
  await (await enter(user)).expect("QUIT", "+OK");
});
