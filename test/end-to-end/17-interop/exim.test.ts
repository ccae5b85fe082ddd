// Exim, which holds hosts to DANE, and signs and verifies by itself.

import { test } from "node:test";
import { eximAccounts, startExim, whyNoExim } from "../../support/peers/exim.ts";
import {
  assertIncoming,
  assertOutgoing,
  assertStays,
  assertVerifies,
  untilSaid,
} from "./journeys.ts";
import { startWorld, whyNoWorld } from "./world.ts";

const skip = whyNoExim() || (await whyNoWorld());

test("Exim and we exchange mail", { skip }, async (t) => {
  const world = await startWorld(t, await eximAccounts());
  const peer = await startExim(t, world.request);

  await t.test("to hosts of its that are who they should be", () => assertOutgoing(world, peer));

  await t.test("whose signatures verify there", () => assertVerifies(peer));

  await t.test("from it, signed, to the host that our TLSA record vouches for", async () => {
    await assertIncoming(world, peer);
    await untilSaid(peer, / => alice@ours\.test .* CV=dane /);
  });

  await t.test("but not to the host that the record is not for", () =>
    assertStays(world, peer, / == alice@wrong\.ours\.test .* defer .*The certificate differs/),
  );
});
