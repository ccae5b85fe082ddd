// A host that takes its time: the sender is told once that the message is late, and not again when it
// arrives after all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newMail, untilMail } from "../../support/mailbox.ts";
import { readReport } from "../../support/report.ts";
import { openSession } from "../../support/smtp-client.ts";
import { attemptsFor, content, sender, startWorld } from "./world.ts";

test("a message that waits longer than usual is told of once", async (t) => {
  const { server } = await startWorld(
    t,
    {
      slow: {
        script: ({ stage, times }) =>
          stage === "recipient" && times <= 4 ? "450 4.2.0 Not yet" : undefined,
      },
    },
    { retry: ["1s"], "warn-after": "1s", "give-up-after": "1h" },
  );
  const client = await openSession(server.address);
  await client.send({ from: sender, to: ["bob@slow.example"], content });
  client.destroy();
  const [mail = ""] = await untilMail(server, sender, 1);
  const { words, recipients } = readReport(mail);
  assert.match(words, /You need not send it again/);
  const [recipient] = recipients;
  assert.equal(recipient?.get("action"), "delayed");
  assert.equal(recipient.get("status"), "4.2.0");
  assert.equal(recipient.get("diagnostic-code"), "smtp; 450 4.2.0 Not yet");
  const inAnHour = Date.now() + 3_600_000;
  const until = Date.parse(recipient.get("will-retry-until") ?? "");
  assert.ok(Math.abs(until - inAnHour) < 60_000, recipient.get("will-retry-until"));
  const attempts = await attemptsFor(server, "bob@slow.example");
  assert.equal(attempts.length, 5, "four failed, and not all of them were told of");
  assert.equal(await server.stop(), 0);
  assert.equal((await newMail(server, sender)).length, 1);
});
