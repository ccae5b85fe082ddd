// chasquid, which holds hosts to MTA-STS. dkimpy signs for it, and OpenDKIM verifies.

import assert from "node:assert/strict";
import { test } from "node:test";
import { whyMissing } from "../../support/command.ts";
import { startChasquid } from "../../support/peers/chasquid.ts";
import { verifiesWithOpenDkim } from "../../support/peers/opendkim.ts";
import { assertIncoming, assertOutgoing, assertStays, untilReceived } from "./journeys.ts";
import { startWorld, whyNoWorld, zoe } from "./world.ts";

const skip =
  (await whyMissing("chasquid")) || (await whyMissing("opendkim-testmsg")) || (await whyNoWorld());

test("chasquid and we exchange mail", { skip }, async (t) => {
  const world = await startWorld(t);
  const peer = await startChasquid(t, world.request);

  await t.test("to hosts of its that are who they should be", () => assertOutgoing(world, peer));

  await t.test("whose signatures verify there", async () => {
    const mail = await untilReceived(peer, zoe);
    assert.match(mail, /^Received-SPF: pass/m);
    assert.equal(await verifiesWithOpenDkim(world.request, mail), true);
    const changed = mail.replace("with  spaces", "with more");
    assert.equal(await verifiesWithOpenDkim(world.request, changed), false);
  });

  await t.test("from it, signed, to the host that our policy lists", () =>
    assertIncoming(world, peer),
  );

  await t.test("but not to a host whose certificate is for another name", () =>
    assertStays(
      world,
      peer,
      /to=alice@wrong\.ours\.test failed \(temporary\): .* invalid security level \(TLS_INSECURE\) for STS policy/,
    ),
  );
});
