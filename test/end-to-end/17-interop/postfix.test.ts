// Postfix, which holds hosts to DANE, with OpenDKIM behind it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { postfix } from "../../../bench/servers/postfix.ts";
import { whyMissing } from "../../support/command.ts";
import { whyNoMachine } from "../../support/peers/machine.ts";
import { startPostfixPeer } from "../../support/peers/postfix.ts";
import { untilMail } from "../../support/mailbox.ts";
import { assertOutgoing, assertStays, resultsIn, untilReceived } from "./journeys.ts";
import { alice, letter, misled, startWorld, zoe } from "./world.ts";

const availability = postfix.availability();
const skip =
  (!availability.available && process.env["CI"] === undefined && availability.why) ||
  (await whyNoMachine()) ||
  (await whyMissing("opendkim")) ||
  (await whyMissing("unbound")) ||
  (await whyMissing("knotd"));

test("Postfix and we exchange mail", { skip }, async (t) => {
  const world = await startWorld(t);
  const peer = await startPostfixPeer(t, world.request);

  await t.test("to it, held to TLSA records and policies", () => assertOutgoing(world, peer));

  await t.test("where our signatures verify", async () => {
    const mail = await untilReceived(peer, "zoe@peer.test");
    const results = resultsIn(mail, "mx.peer.test");
    console.log(mail, results);
  });

  await t.test("from it, over TLS that our TLSA record vouches for", async () => {
    await peer.send({ from: zoe, to: alice, content: letter(zoe, alice) });
    const [mail = ""] = await untilMail(world.server, alice, 1);
    console.log(mail, await peer.log());
  });

  await t.test("but not to a host of ours that another record is for", async () => {
    await peer.send({ from: zoe, to: misled, content: letter(zoe, misled) });
    await assertStays(world, peer, /status=deferred/);
    console.log(await peer.log());
  });
});
