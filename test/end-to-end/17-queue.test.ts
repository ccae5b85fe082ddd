// A host that is down beside one that works: what waits for the first holds nothing else up, costs one
// try at a time, and the operator sees why it waits and can move it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { freePort } from "../support/free-port.ts";
import { startBailiwick } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const content = "Subject: Hello\r\n\r\nHello.\r\n";
const many = 40;

const destinations = z.array(
  z.object({
    name: z.string(),
    waiting: z.number(),
    active: z.number(),
    downSince: z.number().optional(),
    nextTry: z.number().optional(),
    said: z.string().optional(),
  }),
);
const why = z.object({
  id: z.string(),
  recipients: z.array(
    z.object({
      cause: z.object({ kind: z.string(), destination: z.string().optional() }),
      attempts: z.number(),
      said: z.string().optional(),
      giveUpIn: z.number(),
      command: z.string().optional(),
    }),
  ),
});

test("a host that is down beside one that works", async (t) => {
  const live = await startSink(t);
  const port = await freePort();
  const down = `127.0.0.1:${port}`;
  const configuration = {
    relay: { networks: ["127.0.0.1"] },
    routes: [
      { to: "dead.example", via: down },
      { to: "*", via: live.name },
    ],
    queue: { retry: ["1h"] },
  };
  const server = await startBailiwick(t, { configuration });
  const client = await openSession(server.address);
  for (let count = 0; count < many; count++) {
    const to = [`u${count}@dead.example`];
    await client.send({ from: "news@client.example", to, content });
  }
  await client.send({
    from: "ann@client.example",
    to: ["bob@live.example", "bob@dead.example"],
    content,
  });
  client.destroy();
  const read = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await server.run("queue", ...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const known = async () => destinations.parse(JSON.parse(await read("destinations", "--json")));
  const attemptsAt = (domain: string) =>
    server.log.filter(
      ({ event, recipient }) => event === "attempt" && String(recipient).endsWith(domain),
    ).length;

  await t.test("what works is not held up, and the other one is tried once", async () => {
    await live.untilFor("bob@live.example");
    await waitUntil("all others stand in line", async () => {
      const [first] = await known();
      return first?.waiting === many + 1;
    });
    assert.equal(attemptsAt("dead.example"), 1);
    const [first] = await known();
    assert.equal(first?.name, down);
    assert.match(first.said ?? "", /refused the connection/);
    assert.ok((first.nextTry ?? 0) > Date.now() + 3_000_000, "an hour, or a little less");
  });

  const listed = (await read("list", "--json", "--sender", "ann@client.example")).trim();
  const { id } = z.object({ id: z.string() }).parse(JSON.parse(listed));

  await t.test(
    "the operator is told what a message waits for, and what would move it",
    async () => {
      const text = await waitUntil("it is known that one of the two has it", async () => {
        const told = await read("why", id);
        return told.includes("bob@live.example") ? undefined : told;
      });
      assert.match(
        text,
        new RegExp(`^Message ${id} from <ann@client\\.example>, received \\d+ s ago$`, "m"),
      );
      assert.match(text, /^bob@dead\.example, not tried itself$/m);
      assert.match(text, new RegExp(`waits for ${down}, which is down since 20`));
      assert.match(text, /next try in \d+ (min|h)/);
      assert.match(text, /last words.*refused\s+the\s+connection/);
      assert.match(text, /given up in (4 d 23 h|5 d 0 h)/);
      assert.match(text, new RegExp(`to move it now: bailiwick queue flush ${down}$`, "m"));
      assert.ok(text.split("\n").every((line) => line.length <= 100));
      const { recipients } = why.parse(JSON.parse(await read("why", id, "--json")));
      assert.deepEqual(recipients[0]?.cause.kind, "destination-down");
    },
  );

  await t.test("lists are bounded, and say of what", async () => {
    const lines = (await read("list", "--limit", "3")).trim().split("\n");
    assert.equal(lines.length, 1 + 3 + 1);
    assert.equal(lines.at(-1), `and ${many + 1 - 3} more; --limit shows more of them`);
    assert.match(
      lines[1] ?? "",
      new RegExp(`waits for ${down}, next try in \\d+ (min|h) .*refused`),
    );
    const table = await read("destinations");
    assert.match(table, new RegExp(`^${down} +down +${many + 1} +0 +\\d+ s +in \\d+ (min|h)`, "m"));
  });

  await t.test("selections can be tried out before they are acted on", async () => {
    const by = ["--sender", "news@client.example"];
    assert.equal(await read("hold", ...by, "--dry-run"), `${many} messages would be on hold\n`);
    assert.equal(
      await read("hold", ...by, "--older-than", "1h", "--dry-run", "--json"),
      '{\n  "messages": 0,\n  "dryRun": true\n}\n',
    );
    assert.equal(await read("hold", "--destination", down, ...by), `${many} messages on hold\n`);
    assert.equal((await known())[0]?.waiting, 1);
    const held = (await read("list", "--state", "held", "--json")).trim().split("\n");
    assert.equal(held.length, many);
    const first = z.object({ id: z.string() }).parse(JSON.parse(held[0] ?? ""));
    assert.match(await read("why", first.id), /held by an operator until it is released/);
    assert.equal(await read("release", "--all"), `${many} messages released\n`);
    await waitUntil(
      "they stand in line again",
      async () => (await known())[0]?.waiting === many + 1,
    );
    assert.equal(attemptsAt("dead.example"), 1);
  });

  await t.test("a start knows of it, and the operator's word is the next try", async () => {
    assert.equal(await server.stop(), 0);
    assert.equal((await known())[0]?.waiting, many + 1, "without a server, too");
    const next = await startBailiwick(t, { configuration, folder: server.folder });
    const unknown = await next.run("queue", "flush", "elsewhere.example");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /nothing waits for elsewhere\.example/);
    const sink = await startSink(t, { port });
    assert.equal((await next.run("queue", "flush", down)).stdout, `${down} is tried now\n`);
    await sink.until(many + 1);
    const gone = async () => (await next.run("queue", "list")).stdout === "The queue is empty.\n";
    await waitUntil("nothing is left", gone);
    assert.equal(sink.messages.length, many + 1, "each once");
    assert.equal(await next.stop(), 0);
  });
});
