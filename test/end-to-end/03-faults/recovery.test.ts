// Hosts that fail once, at every point of a session and in every way, and then recover: the message
// arrives all the same, and whoever sent it hears nothing of the trouble.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newMail } from "../../support/mailbox.ts";
import { type Action, modern, type Moment } from "../../support/sink.ts";
import { openSession } from "../../support/smtp-client.ts";
import { attemptsFor, content, sender, startWorld } from "./world.ts";

const stages = ["greeting", "hello", "mail", "recipient", "data", "content", "final"] as const;

/** How the host wants to be talked to. */
const manners = {
  chunks: modern,
  dots: modern.filter((offer) => offer !== "CHUNKING"),
  slowly: [],
};

interface Fault {
  readonly name: string;
  readonly stage: Moment["stage"];
  readonly action: Action;
  readonly offers: readonly string[];
}

const faults: readonly Fault[] = stages.flatMap((stage) => {
  const early = stage === "greeting" || stage === "hello";
  const actions: readonly (readonly [string, Action])[] = [
    ["drop", "drop"],
    ["later", "451 4.3.0 Not now"],
    ["closing", "421 4.3.2 Going down"],
    ["wait", { wait: 200 }],
    // Before a message was begun, a 5xx says nothing of the message.
    ...(early ? ([["never", "554 5.3.2 No service here"]] as const) : []),
  ];
  return Object.entries(manners)
    .filter(([manner]) => stage !== "data" || manner !== "chunks") // BDAT asks for nothing first
    .flatMap(([manner, offers]) =>
      actions.map(([kind, action]) => ({
        name: `${kind}-${stage}-${manner}`,
        stage,
        action,
        offers,
      })),
    );
});

function failsOnce({ stage, action, offers }: Fault) {
  const script = (moment: Moment) =>
    moment.stage === stage && moment.times === 1 ? action : undefined;
  return { script, offers };
}

test("every fault of a host that recovers", async (t) => {
  const hosts = Object.fromEntries(faults.map((fault) => [fault.name, failsOnce(fault)]));
  const { server, host } = await startWorld(t, hosts, { retry: ["1s"] });
  const client = await openSession(server.address);
  for (const { name } of faults) {
    await client.send({ from: sender, to: [`bob@${name}.example`], content });
  }
  client.destroy();

  for (const { name, stage, action } of faults) {
    await t.test(name, async () => {
      const attempts = await attemptsFor(server, `bob@${name}.example`);
      const expected = typeof action === "object" ? ["delivered"] : ["deferred", "delivered"];
      assert.deepEqual(
        attempts.map(({ state }) => state),
        expected,
      );
      assert.equal(host(name).messages.length, 1);
      // After the last dot the host has heard it all, and may hear it again.
      const twice = stage === "final" && typeof action === "string";
      assert.equal(host(name).heard.length, twice ? 2 : 1);
    });
  }

  await t.test("nobody was told, and nothing is left", async () => {
    assert.equal(await server.stop(), 0);
    assert.equal((await server.run("queue", "list", "--json")).stdout, "");
    assert.deepEqual(await newMail(server, sender), []);
    assert.ok(server.log.every(({ level }) => level <= 30));
  });
});
