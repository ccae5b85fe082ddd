// What is the same with every peer.

import assert from "node:assert/strict";
import { newMail } from "../../support/mailbox.ts";
import type { Peer } from "../../support/peers/peer.ts";
import { waitUntil } from "../../support/wait.ts";
import { protectedBy } from "../10-transport/world.ts";
import { misled, type World } from "./world.ts";

/** Mail from us goes to its hosts that are who they should be, and waits before the others. */
export async function assertOutgoing(world: World, peer: Peer): Promise<void> {
  for (const [domain, policy] of [
    ["peer.test", "dane"],
    ["sts.test", "mta-sts"],
  ] as const) {
    const attempt = await world.send(domain);
    assert.equal(attempt.state, "delivered", `${attempt.said}\n${await peer.log()}`);
    assert.equal(protectedBy(attempt), "verified", JSON.stringify(attempt));
    assert.equal(attempt.protection?.policy, policy);
    const mail = await untilReceived(peer, `zoe@${domain}`);
    assert.match(mail, /TLSv1\.3|TLS1\.3/);
  }
  for (const [domain, why] of [
    ["wrong.peer.test", /^4\.7\.5 its certificate matches none of the TLSA records of mx\.wrong/],
    ["off.test", /^4\.7\.5 .*is for mx\.peer\.test.*, not for mx\.off\.test/],
  ] as const) {
    const attempt = await world.send(domain);
    assert.equal(attempt.state, "deferred");
    assert.match(attempt.said, why);
  }
  assert.equal((await peer.mail()).length, 2);
}

/** What has arrived there for that recipient. */
export async function untilReceived(peer: Peer, to: string): Promise<string> {
  return waitUntil(`mail has arrived for ${to}`, async () =>
    (await peer.mail()).find((mail) => mail.includes(`\nTo: <${to}>`)),
  );
}

/** The peer says so, and we have got nothing. */
export async function assertStays(world: World, peer: Peer, said: RegExp): Promise<void> {
  await waitUntil(`the peer says ${said}`, async () => said.test(await peer.log()), 30_000);
  assert.deepEqual(await newMail(world.server, misled), []);
}

/** The results that a host says of it, in a line each. */
export function resultsIn(mail: string, host: string): readonly string[] {
  const fields = mail.replaceAll("\r\n", "\n").replaceAll(/\n[ \t]+/g, " ").split("\n");
  return fields.filter((field) => field.startsWith(`Authentication-Results: ${host};`));
}
