// Real servers and clients of other people on either side of ours.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { postfix } from "../../bench/servers/postfix.ts";
import { openWorkspace } from "../../bench/workspace.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { type Endpoint, startBailiwick } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { openSession, sendLetter } from "../support/smtp-client.ts";
import { assertSame, splitTrace } from "../support/octets.ts";

const sender = "zoe@client.example";
/** Those that Postfix leaves as they are: it breaks lines of more than 998 octets, and completes and
 * tidies headers that need it. */
const names = ["apple-mail", "outlook", "thunderbird", "dots"];

function fixture(name: string): Promise<Buffer> {
  return readFile(fileURLToPath(new URL(`../fixtures/${name}.eml`, import.meta.url)));
}

const peer = postfix.availability();
const skip = !peer.available && process.env["CI"] === undefined && `Postfix: ${peer.why}`;

test("Postfix is our smart host", { skip }, async (t) => {
  const sink = await startSink(t);
  const smartHost = await startPostfix(t, sink.endpoint);
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      routes: [{ to: "*", via: `${smartHost.host}:${smartHost.port}` }],
    },
  });
  const client = await openSession(server.address);
  for (const name of names) {
    const to = [`${name}@one.example`, `${name}@two.example`];
    await client.send({ from: sender, to, content: await fixture(name) });
  }
  client.destroy();
  for (const name of names) await assertThrough(sink, name, 2);
  const attempts = server.log.filter(({ event }) => event === "attempt");
  assert.ok(attempts.every(({ state }) => state === "delivered"));
});

test("we are the smart host of Postfix", { skip }, async (t) => {
  const sink = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
    },
  });
  await addAccounts(server, "alice@example.org");
  const origin = await startPostfix(t, server.address);
  const client = await openSession(origin);
  for (const name of names) {
    const to = [`${name}@one.example`, "alice@example.org"];
    await client.send({ from: sender, to, content: await fixture(name) });
  }
  client.destroy();
  for (const name of names) await assertThrough(sink, name, 2);
  const mail = await untilMail(server, "alice@example.org", names.length);
  for (const name of names) {
    const content = (await fixture(name)).toString("latin1").replaceAll("\r\n", "\n");
    assert.ok(
      mail.some((text) => text.endsWith(content)),
      name,
    );
  }
  // A recipient that we refuse comes back from Postfix, in our words.
  await sendLetter(origin, { from: "alice@example.org", to: ["nobody@example.org"], content: "" });
  const all = await untilMail(server, "alice@example.org", names.length + 1);
  assert.ok(all.some((text) => /^Diagnostic-Code: smtp; 550 5\.1\.1 /m.test(text)));
});

test("msmtp sends through us", { skip: await whyMissing("msmtp") }, async (t) => {
  const server = await startBailiwick(t, {
    configuration: { domains: { "example.org": { deliver: "mailboxes" } } },
  });
  await addAccounts(server, "alice@example.org");
  const { host, port } = server.address;
  const send = async (to: string) => {
    const settings = `--file=/dev/null --host=${host} --port=${port} --tls=off --auth=off`;
    const words = `${settings} --from=${sender} ${to}`.split(" ");
    return runCommand("msmtp", words, await fixture("apple-mail"));
  };
  const taken = await send("alice@example.org");
  assert.deepEqual(taken, { code: 0, stdout: "", stderr: "" });
  const [mail = ""] = await untilMail(server, "alice@example.org", 1);
  const content = (await fixture("apple-mail")).toString("latin1").replaceAll("\r\n", "\n");
  assert.ok(mail.endsWith(content));
  const refused = await send("bob@elsewhere.example");
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /550 5\.7\.1 /);
});

async function startPostfix(t: TestContext, next: Endpoint): Promise<Endpoint> {
  const workspace = openWorkspace();
  const sink = { host: "127.0.0.1", port: next.port } as const;
  const starting = postfix.start({ workspace, sink });
  t.after(async () => {
    await starting.then((server) => server.stop()).finally(() => workspace.close());
  });
  return (await starting).address;
}

/** The fixture has come through, with so many trace fields on top of it and nothing else new. */
async function assertThrough(sink: Sink, name: string, hops: number): Promise<void> {
  let { content } = await sink.untilFor(`${name}@one.example`);
  for (let hop = 1; hop <= hops; hop++) {
    const { trace, rest } = splitTrace(content);
    assert.match(trace, /^Received: /);
    content = rest;
  }
  assertSame(content, await fixture(name));
}
