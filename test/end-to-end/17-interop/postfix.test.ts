// Postfix, which holds hosts to DANE, with OpenDKIM behind it.

import { test } from "node:test";
import { postfix } from "../../../bench/servers/postfix.ts";
import { whyMissing } from "../../support/command.ts";
import { startPostfixPeer } from "../../support/peers/postfix.ts";
import {
  assertIncoming,
  assertOutgoing,
  assertStays,
  assertVerifies,
  untilSaid,
} from "./journeys.ts";
import { startWorld, whyNoWorld } from "./world.ts";

const availability = postfix.availability();
const skip =
  (!availability.available && process.env["CI"] === undefined && `Postfix: ${availability.why}`) ||
  (await whyMissing("opendkim")) ||
  (await whyNoWorld());

test("Postfix and we exchange mail", { skip }, async (t) => {
  const world = await startWorld(t);
  const peer = await startPostfixPeer(t, world.request);

  await t.test("to hosts of its that are who they should be", () => assertOutgoing(world, peer));

  await t.test("whose signatures verify there", () => assertVerifies(peer));

  await t.test("from it, signed, to the host that our TLSA record vouches for", async () => {
    await assertIncoming(world, peer);
    await untilSaid(peer, /: Verified TLS connection established to mx\.ours\.test\[/);
  });

  await t.test("but not to the host that the record is not for", () =>
    assertStays(
      world,
      peer,
      /for mx\.wrong\.ours\.test.*no matching DANE TLSA records[^]*status=deferred \(Server certificate not verified\)/,
    ),
  );
});
