// Hosts that never recover: the message is tried by its schedule until its time is over, and then
// goes back to its sender.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newMail, untilMail } from "../../support/mailbox.ts";
import { readReport } from "../../support/report.ts";
import { openSession } from "../../support/smtp-client.ts";
import { attemptsFor, content, sender, startWorld } from "./world.ts";

test("hosts that never recover", async (t) => {
  const { server, host } = await startWorld(
    t,
    {
      full: { script: ({ stage }) => (stage === "recipient" ? "452 4.2.2 Full" : undefined) },
      down: {},
      dying: { script: ({ stage }) => (stage === "content" ? "drop" : undefined) },
      moody: {
        script: ({ stage, times }) =>
          stage === "mail" && times <= 2 ? "450 4.2.0 Not yet" : undefined,
      },
    },
    { retry: ["1s", "2s"], "give-up-after": "4s" },
  );
  await host("down").close();
  const client = await openSession(server.address);
  const names = ["full", "down", "dying", "lost", "moody"];
  for (const name of names) {
    await client.send({ from: sender, to: [`bob@${name}.example`], content });
  }
  await client.send({ from: "", to: ["carol@full.example"], content });
  client.destroy();

  await t.test("waits grow by the schedule", async () => {
    const attempts = await attemptsFor(server, "bob@moody.example");
    assert.deepEqual(
      attempts.map(({ state, said }) => `${state}: ${said}`),
      ["deferred: 450 4.2.0 Not yet", "deferred: 450 4.2.0 Not yet", "delivered: 250 2.0.0 Taken"],
    );
    const [first, second, third] = attempts.map(({ time }) => time);
    // A tenth shorter at most; longer on a busy machine.
    assert.ok(second! - first! >= 895, `${second! - first!} ms`);
    assert.ok(third! - second! >= 1_795, `${third! - second!} ms`);
  });

  const cases = [
    ["full", "a host that says later", /^smtp; 452 4\.2\.2 Full$/],
    ["down", "a host that refuses connections", /refused the connection/],
    ["dying", "a host that always hangs up", /the connection was lost/],
    ["lost", "a smart host that has no address", /no-such-host\.invalid/],
  ] as const;
  for (const [name, title, diagnosis] of cases) {
    await t.test(`${title} ends in one notice`, async () => {
      const attempts = await attemptsFor(server, `bob@${name}.example`, "failed");
      assert.ok(attempts.length >= 3, `${attempts.length} attempts`);
      const mail = (await untilMail(server, sender, 4)).find((text) =>
        text.includes(`bob@${name}.example`),
      );
      const [recipient] = readReport(mail ?? "").recipients;
      assert.equal(recipient?.get("status"), "4.4.7");
      assert.equal(recipient.get("action"), "failed");
      assert.match(recipient.get("diagnostic-code") ?? "", diagnosis);
    });
  }

  await t.test("and nothing more: no notice of a notice, no message left", async () => {
    await attemptsFor(server, "carol@full.example", "failed");
    assert.equal(await server.stop(), 0);
    assert.equal((await newMail(server, sender)).length, cases.length);
    assert.equal((await server.run("queue", "list", "--json")).stdout, "");
  });
});
