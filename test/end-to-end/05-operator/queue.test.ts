// The queue as an operator sees and steers it, with a server and without one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { addAccounts, newMail } from "../../support/mailbox.ts";
import { startBailiwick } from "../../support/server.ts";
import { type Moment, startSink } from "../../support/sink.ts";
import { openSession } from "../../support/smtp-client.ts";
import { waitUntil } from "../../support/wait.ts";

const entry = z.object({
  id: z.string(),
  size: z.number(),
  sender: z.object({ local: z.string(), domain: z.string() }).nullable(),
  recipients: z.array(
    z.object({ state: z.string(), attempts: z.number(), said: z.string().optional() }),
  ),
});
const detail = entry.extend({
  attempts: z.array(z.object({ state: z.string(), said: z.string() })),
});

const sender = "alice@example.org";
const content = "Subject: Hello\r\n\r\nHello.\r\n";

function greylist({ stage }: Moment) {
  return stage === "recipient" ? ("451 4.7.1 Greylisted" as const) : undefined;
}

test("the queue in an operator's hands", async (t) => {
  const sink = await startSink(t, { script: greylist });
  const configuration = {
    relay: { networks: ["127.0.0.1"] },
    domains: { "example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: sink.name }],
    queue: { retry: ["1h"] },
  };
  const server = await startBailiwick(t, { configuration });
  await addAccounts(server, sender);
  const client = await openSession(server.address);
  await client.send({ from: sender, to: ["a@one.example", "b@two.example"], content });
  await client.send({ from: sender, to: ["c@one.example"], content });
  await client.send({ from: "", to: ["d@two.example"], content });
  client.destroy();

  const read = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await server.run("queue", ...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const list = async (...words: readonly string[]) =>
    (await read("list", "--json", ...words))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => entry.parse(JSON.parse(line)));
  const idsOf = async (...words: readonly string[]) => (await list(...words)).map(({ id }) => id);
  const states = async () =>
    (await list()).map(({ recipients }) => recipients.map(({ state }) => state).join(" "));
  await waitUntil("each has been tried", async () =>
    (await list()).every(({ recipients }) => recipients.every(({ attempts }) => attempts === 1)),
  );
  const ids = await idsOf();
  const [first = "", second = "", third = ""] = ids;

  await t.test("list", async () => {
    const lines = (await read("list")).split("\n");
    assert.match(lines[0] ?? "", /^ID +AGE +OCTETS +SENDER +RECIPIENT +STATE$/);
    const said = "next attempt in \\d+ [hm].* \\d+ \\w+: 451 4\\.7\\.1 Greylisted$";
    const row = `^${first} +\\d+ s +\\d+ +<alice@example\\.org> +a@one\\.example +${said}`;
    assert.match(lines[1] ?? "", new RegExp(row));
    assert.match(lines[2] ?? "", new RegExp(`^ +b@two\\.example +${said}`));
    assert.match(lines[4] ?? "", new RegExp(`^${third} .* <> +d@two\\.example `));
    assert.equal(ids.length, 3);
  });

  await t.test("list a part", async () => {
    assert.deepEqual(await idsOf("--domain", "one.example"), [first, second]);
    assert.deepEqual(await idsOf("--sender", "<>"), [third]);
    assert.deepEqual(await idsOf("--sender", sender, "--domain", "two.example"), [first]);
    assert.deepEqual(await idsOf("--domain", "three.example"), []);
  });

  await t.test("show", async () => {
    const text = await read("show", first);
    assert.match(text, new RegExp(`^Message ${first}$`, "m"));
    assert.match(text, /^ {2}received .*, from 127\.0\.0\.1 \(client\.example\) at mx$/m);
    assert.match(text, /^ {2}a@one\.example \(relay\), 1 attempt$/m);
    assert.match(
      text,
      /b@two\.example +deferred\n +127\.0\.0\.1 \(.*\), in the clear: the host offers no STARTTLS\n +451 4\.7\.1 Greylisted$/m,
    );
    const { attempts, sender: from } = detail.parse(
      JSON.parse(await read("show", first, "--json")),
    );
    assert.equal(attempts.length, 2);
    assert.deepEqual(from, { local: "alice", domain: "example.org" });
  });

  await t.test("hold, retry and release", async () => {
    assert.equal(await read("hold", "--domain", "two.example"), "2 messages on hold\n");
    assert.deepEqual(await states(), ["waiting held", "waiting", "held"]);
    sink.follow(() => undefined);
    assert.equal(await read("retry", "--all"), "2 messages due now\n");
    await sink.untilFor("a@one.example");
    await sink.untilFor("c@one.example");
    await waitUntil("the delivered are gone", async () => (await list()).length === 2);
    assert.deepEqual(await states(), ["held", "held"]);
    assert.match(await read("list"), /b@two\.example +held: 451 4\.7\.1 Greylisted$/m);
    sink.follow(greylist);
    assert.equal(await read("release", first), "1 message released\n");
    assert.deepEqual(await states(), ["waiting", "held"]);
  });

  await t.test("what is not there, and what was not named", async () => {
    for (const words of [
      ["retry", "00000000000"],
      ["release", "--domain", "no.example"],
    ]) {
      const { code, stderr } = await server.run("queue", ...words);
      assert.deepEqual(
        { code, stderr },
        { code: 1, stderr: "bailiwick: no message in the queue is meant by that\n" },
      );
    }
    const shown = await server.run("queue", "show", "00000000000");
    assert.equal(shown.code, 1);
    assert.match(shown.stderr, /no message 00000000000 waits/);
    const unnamed = await server.run("queue", "delete");
    assert.equal(unnamed.code, 2);
    assert.match(unnamed.stderr, /which messages\?/);
    const misspelt = await server.run("queue", "show", "\u001b[2J!");
    assert.equal(misspelt.code, 2);
    assert.match(misspelt.stderr, /'\?\[2J!' is invalid/);
    const unknown = await server.run("queue", "flush", "\u001b[2J");
    assert.match(unknown.stderr, /nothing waits for \?\[2j;/);
    assert.equal(await read("list", "--domain", "no.example"), "No message is meant by that.\n");
  });

  await t.test("without a server, on the same data", async () => {
    assert.equal(await server.stop(), 0);
    assert.deepEqual(await states(), ["waiting", "held"]);
    assert.equal(await read("hold", first), "1 message on hold\n");
    assert.equal(await read("release", "--all"), "2 messages released\n");
    assert.equal(await read("retry", first), "1 message due now\n");
    assert.match(await read("list"), /b@two\.example +due now: 451 4\.7\.1 Greylisted$/m);
    assert.equal(await read("delete", "--sender", "<>"), "1 message deleted\n");
    assert.deepEqual(await states(), ["waiting"]);
  });

  await t.test("a new server goes on with it, and delete tells nobody", async () => {
    const { folder } = server;
    const attempts = sink.commands.length;
    const next = await startBailiwick(t, { configuration, folder });
    await waitUntil("the message is tried again", () => sink.commands.length > attempts + 2);
    assert.equal((await next.run("queue", "delete", "--all")).stdout, "1 message deleted\n");
    assert.equal((await next.run("queue", "list")).stdout, "The queue is empty.\n");
    assert.equal(await next.stop(), 0);
    assert.deepEqual(await newMail(next, sender), []);
  });
});
