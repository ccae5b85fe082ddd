// What is the same with every peer.

import assert from "node:assert/strict";
import { newMail, untilMail } from "../../support/mailbox.ts";
import type { Peer } from "../../support/peers/peer.ts";
import { waitUntil } from "../../support/wait.ts";
import { protectedBy } from "../10-transport/world.ts";
import { letter } from "./letter.ts";
import { alice, misled } from "./ours.ts";
import { type World, zoe } from "./world.ts";

/** Milliseconds that a peer has, on a machine that is busy. */
const patience = 30_000;

/** Mail from us goes to those of its hosts that are who they should be, and waits before the others. */
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
    assert.match(mail, /TLS[v-]?1\.3/);
    assertWhole(mail);
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

/** Both of our signatures verify, says the peer in its own results. */
export async function assertVerifies(peer: Peer): Promise<void> {
  const results = resultsIn(await untilReceived(peer, zoe), "mx.peer.test");
  for (const algorithm of ["rsa-sha256", "ed25519-sha256"]) {
    const passed = new RegExp(
      `dkim=pass (\\(.*?\\) )?header\\.d=ours\\.test [^;]*header\\.a=${algorithm}`,
    );
    assert.match(results, passed);
  }
}

/** What the peer's users send comes to us by TLS, and we find it to be theirs. */
export async function assertIncoming(world: World, peer: Peer): Promise<void> {
  await peer.send({ from: zoe, to: alice, content: letter(zoe, alice) });
  const [mail = ""] = await untilMail(world.server, alice, 1).catch(async (error: unknown) => {
    throw new Error(`it has not arrived:\n${await peer.log()}`, { cause: error });
  });
  assert.match(mail, /by mx\.ours\.test \(Bailiwick\) with ESMTPS\n\t\(TLSv1\.3 /);
  const results = resultsIn(mail, "mx.ours.test");
  assert.match(results, /; spf=pass smtp\.mailfrom=zoe@peer\.test;/);
  assert.match(results, /; dkim=pass header\.d=peer\.test header\.s=s1 header\.a=rsa-sha256 /);
  assert.match(results, /; dmarc=pass header\.from=peer\.test$/);
  assertWhole(mail);
}

/** The peer keeps mail for the host of ours that is not who it should be, and says why. */
export async function assertStays(world: World, peer: Peer, why: RegExp): Promise<void> {
  await peer.send({ from: zoe, to: misled, content: letter(zoe, misled) });
  await untilSaid(peer, why);
  assert.deepEqual(await newMail(world.server, misled), []);
}

/** It stands in the peer's log. */
export async function untilSaid(peer: Peer, what: RegExp): Promise<void> {
  const isSaid = async () => what.test(await peer.log());
  await waitUntil(`the peer says ${what}`, isSaid, patience).catch(async (error: unknown) => {
    throw new Error(`It says:\n${await peer.log()}`, { cause: error });
  });
}

/** What has arrived there for that recipient. */
export async function untilReceived(peer: Peer, to: string): Promise<string> {
  return waitUntil(
    `mail has arrived for ${to}`,
    async () => (await peer.mail()).find((mail) => mail.includes(`\nTo: <${to}>`)),
    patience,
  );
}

function assertWhole(mail: string): void {
  const [, body = ""] = mail.replaceAll("\r\n", "\n").split(/\n\n(.*)/s);
  const [, sent = ""] = letter("", "")
    .replaceAll("\r\n", "\n")
    .split(/\n\n(.*)/s);
  assert.equal(Buffer.from(body, "latin1").toString(), sent);
}

/** The results by that host, unfolded. */
function resultsIn(mail: string, host: string): string {
  const fields = mail
    .replaceAll("\r\n", "\n")
    .replaceAll(/\n[ \t]+/g, " ")
    .split("\n");
  const results = fields.find((field) => field.startsWith(`Authentication-Results: ${host};`));
  assert.ok(results !== undefined, mail);
  return results;
}
