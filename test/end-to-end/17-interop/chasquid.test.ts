// chasquid, which holds hosts to MTA-STS.

import assert from "node:assert/strict";
import { test } from "node:test";
import { whyMissing } from "../../support/command.ts";
import { startChasquid } from "../../support/peers/chasquid.ts";
import { whyNoMachine } from "../../support/peers/machine.ts";
import { untilMail } from "../../support/mailbox.ts";
import { assertOutgoing, assertStays, resultsIn, untilReceived } from "./journeys.ts";
import { alice, letter, misled, startWorld, zoe } from "./world.ts";

const skip =
  (await whyMissing("chasquid")) ||
  (await whyNoMachine()) ||
  (await whyMissing("unbound")) ||
  (await whyMissing("knotd"));

test("chasquid and we exchange mail", { skip }, async (t) => {
  const world = await startWorld(t);
  const peer = await startChasquid(t, world.request, world.request.domains.map((domain) => `zoe@${domain}`));

  await t.test("to it, held to TLSA records and policies", () => assertOutgoing(world, peer));

  await t.test("where our signatures verify", async () => {
    const mail = await untilReceived(peer, "zoe@peer.test");
    const results = resultsIn(mail, "mx.peer.test");
    console.log(mail, results);
  });

  await t.test("from it, over TLS that our TLSA record vouches for", async () => {
    await peer.send({ from: zoe, to: alice, content: letter(zoe, alice) });
    const [mail = ""] = await untilMail(world.server, alice, 1).catch(async () => [await peer.log()]);
    console.log(mail, await peer.log());
  });

  await t.test("but not to a host of ours that another record is for", async () => {
    await peer.send({ from: zoe, to: misled, content: letter(zoe, misled) });
    await assertStays(world, peer, /defer/);
    console.log(await peer.log());
  });
});
