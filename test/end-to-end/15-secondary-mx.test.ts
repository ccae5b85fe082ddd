// A server that takes another one's mail while that is away: it refuses what the other would refuse,
// keeps the rest, and hands it on when the other is back.

import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../support/free-port.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../support/server.ts";
import { type Script, startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const stranger = "friend@elsewhere.example";
const content = "Subject: Hello\r\n\r\nHello.\r\n";

/** Has nobody but Ann. */
const onlyAnn: Script = ({ stage, address }) =>
  stage === "recipient" && address !== "ann@example.net" ? "550 5.1.1 no such user" : undefined;

async function askFor(server: TestServer, recipient: string, sender = stranger): Promise<string> {
  const session = await openSession(server.address);
  await session.expect(`MAIL FROM:<${sender}>`, "250");
  const reply = await session.command(`RCPT TO:<${recipient}>`);
  session.destroy();
  return reply;
}

async function startSecondary(
  t: TestContext,
  domain: Readonly<Record<string, unknown>>,
  folder?: string,
): Promise<TestServer> {
  return startBailiwick(t, {
    configuration: { domains: { "example.net": { tls: "off", ...domain } } },
    ...(folder !== undefined && { folder }),
  });
}

test("a secondary MX", async (t) => {
  const port = await freePort();
  const primary = await startSink(t, { port, script: onlyAnn });
  const folder = await temporaryFolder(t);
  let server = await startSecondary(t, { "relay-to": `127.0.0.1:${port}` }, folder);

  await t.test("asks the primary, which gets no mail by it", async () => {
    assert.match(await askFor(server, "ann@example.net"), /^250 2\.1\.5 /);
    assert.match(await askFor(server, "bob@example.net"), /^550 5\.1\.1 No such mailbox here/);
    assert.deepEqual(primary.heard, []);
    const mails = primary.commands.filter((command) => command.startsWith("MAIL"));
    assert.ok(mails.every((command) => command === "MAIL FROM:<>"));
  });

  await t.test("hands mail on, and asks for nobody twice", async () => {
    const before = primary.commands.length;
    const session = await openSession(server.address);
    const sent = await session.send({ from: stranger, to: ["ann@example.net"], content });
    assert.match(sent.content ?? "", /^250 /);
    await primary.untilFor("ann@example.net");
    const mails = primary.commands.slice(before).filter((command) => command.startsWith("MAIL"));
    assert.equal(mails.length, 1);
  });

  await t.test("keeps mail while the primary is away, and refuses as the primary did", async () => {
    await primary.close();
    await server.stop();
    server = await startSecondary(t, { "relay-to": `127.0.0.1:${port}` }, folder);
    assert.match(await askFor(server, "bob@example.net"), /^550 5\.1\.1 /);
    const session = await openSession(server.address);
    const sent = await session.send({ from: stranger, to: ["ann@example.net"], content });
    assert.match(sent.content ?? "", /^250 /);
    assert.match(await askFor(server, "carol@example.net"), /^250 /, "never asked about");
    await server.untilLogged(({ event }) => event === "recipient-unsure");
    await waitUntil("the queue says why it waits", async () => {
      const { stdout } = await server.run("queue", "list", "--json");
      return stdout.includes("ECONNREFUSED") || stdout.includes("refused");
    });
  });

  await t.test("hands it on within a minute of the primary's return", async () => {
    const back = await startSink(t, { port, script: onlyAnn });
    await back.untilFor("ann@example.net", 60_000);
    await server.untilLogged(({ event }) => event === "primary-back");
    await back.close();
  });

  await t.test("asks again when a host says that its word on one is not final", async () => {
    const again = await startSink(t, {
      port,
      script: ({ stage, times }) =>
        stage === "recipient" && times === 1 ? "451 4.7.1 greylisted" : undefined,
    });
    assert.match(await askFor(server, "dora@example.net"), /^250 /);
    await waitUntil("the primary is asked again", async () => {
      await delay(500);
      await askFor(server, "dora@example.net");
      return again.commands.filter((command) => command.includes("dora")).length >= 2;
    });
  });
});

test("with unsure-recipients: defer, who was never asked about waits", async (t) => {
  const port = await freePort();
  const server = await startSecondary(t, {
    "relay-to": `127.0.0.1:${port}`,
    "unsure-recipients": "defer",
  });
  assert.match(
    await askFor(server, "ann@example.net"),
    /^451 4\.3\.0 Cannot look the recipient up/,
  );
});

test("a refusal that is not about the recipient is no word on it", async (t) => {
  const primary = await startSink(t, {
    script: ({ stage }) => (stage === "mail" ? "550 5.1.0 no bounces here" : undefined),
  });
  const server = await startSecondary(t, { "relay-to": primary.name });
  assert.match(await askFor(server, "ann@example.net"), /^250 /);
  const entry = await server.untilLogged(({ event }) => event === "recipient-unsure");
  assert.match(String(entry["said"]), /no bounces here/);
});

test("with recipients: all, nobody is asked", async (t) => {
  const primary = await startSink(t, { script: onlyAnn });
  const server = await startSecondary(t, { "relay-to": primary.name, recipients: "all" });
  assert.match(await askFor(server, "bob@example.net"), /^250 /);
  assert.equal(primary.connections, 0);
});

test("a list of recipients is followed, and a bad one changes nothing", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "recipients");
  await writeFile(path, "ann\n");
  const domain = { "relay-to": "127.0.0.1:9", "recipients-file": path };
  const server = await startSecondary(t, domain, folder);
  assert.match(await askFor(server, "ann@example.net"), /^250 /);
  assert.match(await askFor(server, "Ann+news@example.net"), /^250 /);
  assert.match(await askFor(server, "bob@example.net"), /^550 5\.1\.1 /);

  await writeFile(`${path}.new`, "ann\nbob@example.net\n");
  await rename(`${path}.new`, path);
  await server.untilLogged(({ event }) => event === "recipients-read");
  assert.match(await askFor(server, "bob@example.net"), /^250 /);

  await writeFile(`${path}.new`, "carol@example.org\n");
  await rename(`${path}.new`, path);
  const refused = await server.untilLogged(({ event }) => event === "recipients-refused");
  assert.match(refused.msg, /recipients:1: this is no address of example\.net/);
  assert.match(await askFor(server, "bob@example.net"), /^250 /);
  const checked = await server.run("check");
  assert.equal(checked.code, 2);
  assert.match(checked.stderr, /this is no address of example\.net: "carol@example\.org"/);
});
