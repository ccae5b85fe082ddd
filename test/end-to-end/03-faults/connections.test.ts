// How connections to a host are used: kept while there is work, given up without harm when the host
// ends them, and no fuller than the host wants.

import assert from "node:assert/strict";
import { test } from "node:test";
import { modern, type Moment, type SinkOptions } from "../../support/sink.ts";
import { openSession } from "../../support/smtp-client.ts";
import { attemptsFor, content, sender, startWorld } from "./world.ts";

const hosts = {
  steady: {},
  leaving: { script: ({ stage }: Moment) => (stage === "final" ? "finish" : undefined) },
  // Each connection takes one message; the second MAIL on it is told to go away.
  tired: { script: tiredOfTheSecond() },
  single: { offers: [...modern, "LIMITS MAILMAX=1"] },
  few: { offers: [...modern, "LIMITS RCPTMAX=2"] },
  crowded: { script: roomForTwo() },
  ancient: {
    offers: [],
    script: ({ stage, times }: Moment) =>
      stage === "hello" && times === 1 ? "502 5.5.1 EHLO? HELO!" : undefined,
  },
} satisfies Record<string, SinkOptions>;

function tiredOfTheSecond() {
  const seen = new Set<number>();
  return ({ stage, connection }: Moment) => {
    if (stage !== "mail") return undefined;
    if (seen.has(connection)) return "421 4.3.2 One is enough" as const;
    seen.add(connection);
    return undefined;
  };
}

/** A host without RFC 9422 that says so with 452. */
function roomForTwo() {
  let recipients = 0;
  return ({ stage }: Moment) => {
    if (stage === "mail") recipients = 0;
    return stage === "recipient" && ++recipients > 2 ? ("452 4.5.3 Full" as const) : undefined;
  };
}

test("connections to a host", async (t) => {
  const { server, host } = await startWorld(t, hosts, { retry: ["1s"] });
  const client = await openSession(server.address);

  /** Sends messages, each when the one before has arrived. */
  async function sendInTurn(name: string, count: number): Promise<void> {
    for (let number = 1; number <= count; number++) {
      await client.send({ from: sender, to: [`bob-${number}@${name}.example`], content });
      await host(name).untilFor(`bob-${number}@${name}.example`);
    }
  }

  /** All were delivered at the first attempt. */
  async function assertNoDelay(name: string, count: number): Promise<void> {
    for (let number = 1; number <= count; number++) {
      const attempts = await attemptsFor(server, `bob-${number}@${name}.example`);
      assert.deepEqual(
        attempts.map(({ state }) => state),
        ["delivered"],
      );
    }
  }

  await t.test("one connection carries message after message", async () => {
    await sendInTurn("steady", 5);
    assert.equal(host("steady").connections, 1);
    await assertNoDelay("steady", 5);
  });

  await t.test("a host that hangs up after each message delays none", async () => {
    await sendInTurn("leaving", 3);
    assert.equal(host("leaving").connections, 3);
    await assertNoDelay("leaving", 3);
  });

  await t.test("421 on a kept connection sends the message over another one at once", async () => {
    await sendInTurn("tired", 3);
    assert.equal(host("tired").connections, 3);
    await assertNoDelay("tired", 3);
  });

  await t.test("MAILMAX is kept", async () => {
    await sendInTurn("single", 3);
    assert.equal(host("single").connections, 3);
    await assertNoDelay("single", 3);
  });

  for (const [name, what] of [
    ["few", "RCPTMAX"],
    ["crowded", "452 4.5.3"],
  ] as const) {
    await t.test(`${what} parts a message into transactions, at once`, async () => {
      const to = [1, 2, 3, 4, 5].map((number) => `bob-${number}@${name}.example`);
      await client.send({ from: sender, to, content });
      const messages = await host(name).until(3);
      assert.deepEqual(
        messages.map(({ recipients }) => recipients),
        [to.slice(0, 2), to.slice(2, 4), to.slice(4)],
      );
      await assertNoDelay(name, 5);
    });
  }

  await t.test("a host that knows HELO alone is served", async () => {
    await sendInTurn("ancient", 1);
    assert.deepEqual(host("ancient").commands.slice(0, 3), [
      "EHLO mail.example.org",
      "HELO mail.example.org",
      "MAIL FROM:<alice@example.org>",
    ]);
  });

  await t.test("connections without work are ended with QUIT", async () => {
    client.destroy();
    assert.equal(await server.stop(), 0);
    assert.equal(host("steady").commands.at(-1), "QUIT");
    assert.equal(host("steady").open, 0);
  });
});
