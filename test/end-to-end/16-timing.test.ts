// What senders want of the time at which their mail goes: priorities, times of delivery, holds.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { modern, type Sink, type SinkOptions, startSink } from "../support/sink.ts";
import { openSession, type SmtpClient } from "../support/smtp-client.ts";

const ann = "ann@example.org";
const password = "open sesame";
const letter = "From: ann@example.org\r\nSubject: hello\r\n\r\nthe body\r\n";

interface World {
  readonly server: TestServer;
  readonly sink: Sink;
  readonly client: SmtpClient;
}

/** A client that has logged in as ann, who may give her mail priorities up to 3. */
async function startWorld(
  t: TestContext,
  host: SinkOptions = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const sink = await startSink(t, host);
  const server = await startBailiwick(t, {
    configuration: {
      listeners: {
        submission: {
          role: "submission",
          listen: ["127.0.0.1:0"],
          tls: "off",
          "login-in-clear": "loopback",
        },
        mx: { role: "mx", listen: ["127.0.0.1:0"] },
      },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
      submission: { priorities: { [ann]: 3 }, "hold-at-most": "1h" },
      ...more,
    },
  });
  const secret = join(server.folder, "secret");
  await writeFile(secret, `${password}\n`);
  assert.equal((await server.run("account", "add", ann, "--password-file", secret)).code, 0);
  const client = await openSession(server.address);
  const plain = Buffer.from(`\0${ann}\0${password}`).toString("base64");
  await client.expect(`AUTH PLAIN ${plain}`, "235");
  t.after(() => client.destroy());
  return { server, sink, client };
}

async function send(client: SmtpClient, to: string, parameters: string): Promise<string> {
  const { content = "" } = await client.send({ from: ann, to: [to], content: letter, parameters });
  assert.match(content, /^250 /);
  return content;
}

const offers = [...modern, "MT-PRIORITY", "DELIVERBY"];

test("what a host knows of time goes on to it, and nobody has a higher priority than his own", async (t) => {
  const { server, sink, client } = await startWorld(t, { offers });
  const ehlo = await client.expect("EHLO client.example", "250");
  assert.match(
    ehlo,
    /MT-PRIORITY\n.*DELIVERBY 60\n.*FUTURERELEASE 3600 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/,
  );
  assert.match(await send(client, "a@far.example", "MT-PRIORITY=3 BY=3600;R"), /^250 2\.0\.0 /);
  const first = await sink.untilFor("a@far.example");
  assert.match(first.parameters, / MT-PRIORITY=3 BY=3(600|59\d|58\d|57\d);R$/);
  const lowered = await send(client, "b@far.example", "MT-PRIORITY=9");
  assert.match(lowered, /^250 2\.3\.6 3 is the priority of this message; queued as /);
  assert.match((await sink.untilFor("b@far.example")).parameters, / MT-PRIORITY=3$/);

  // On the port for strangers, positive priorities are nobody's, and holds are not known.
  const stranger = await openSession(server.listeners[1] ?? assert.fail());
  await stranger.expect("MAIL FROM:<zoe@client.example> HOLDFOR=1", "555");
  await stranger.expect("MAIL FROM:<zoe@client.example> BY=60;R", "555");
  const { content } = await stranger.send({
    from: "zoe@client.example",
    to: [ann],
    content: letter,
    parameters: "MT-PRIORITY=1",
  });
  assert.match(content ?? "", /^250 2\.3\.6 0 /);
  stranger.destroy();
});

test("the more urgent leave first where many wait for a destination", async (t) => {
  const { sink, client } = await startWorld(
    t,
    {
      script: ({ stage, times }) =>
        stage === "greeting" && times === 1 ? { wait: 5_000 } : undefined,
    },
    { queue: { "connections-per-destination": 1 } },
  );
  // All of these wait for the greeting.
  const given = [0, -9, 3, 1, -9, 3];
  for (const [index, priority] of given.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await send(client, `n${index}@far.example`, `MT-PRIORITY=${priority}`);
  }
  const all = await sink.until(given.length);
  assert.deepEqual(
    all.map(({ recipients: [address = ""] }) => given[Number(address.slice(1, 2))]),
    given.toSorted((one, other) => other - one),
  );
});

test("what is to return where it is late does not go to a host that keeps no time", async (t) => {
  const { server, sink, client } = await startWorld(t);
  await send(client, "a@far.example", "BY=60;R");
  await send(client, "b@far.example", "BY=60;N");
  await sink.untilFor("b@far.example");
  const mail = await untilMail(server, ann, 2);
  assert.ok(mail.some((text) => /a@far.example\nAction: failed\nStatus: 5\.3\.3\n/.test(text)));
  assert.ok(mail.some((text) => /b@far.example\nAction: relayed\n/.test(text)));
  assert.ok(mail.every((text) => /^Deliver-By-Date: /m.test(text)));
  assert.equal(sink.messages.length, 1);
});

test("a message waits for its release, also over a restart, and the operator sees it", async (t) => {
  const { server, sink, client } = await startWorld(t);
  await addAccounts(server, "bob@example.org");
  await client.expect("MAIL FROM:<ann@example.org> HOLDFOR=3601", "501");
  const sentAt = Date.now();
  await send(client, "a@far.example", "HOLDFOR=3");
  await send(client, "b@far.example", "HOLDFOR=3600");
  await send(client, "bob@example.org", "");
  await untilMail(server, "bob@example.org", 1);
  const listed = await server.run("queue", "list");
  assert.match(listed.stdout, /b@far.example +waits until \S+ \S+, as its sender asked/);
  await sink.untilFor("a@far.example");
  assert.ok(Date.now() - sentAt >= 2_900);
  await server.stop();
  const again = await startBailiwick(t, {
    folder: server.folder,
    configuration: {
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
    },
  });
  assert.match((await again.run("queue", "list")).stdout, /b@far.example +waits until /);
  assert.equal(sink.messages.length, 1);
  assert.equal((await again.run("queue", "retry", "--all")).code, 0);
  await sink.untilFor("b@far.example");
});
