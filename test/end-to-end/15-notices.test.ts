// What senders are told of their mail, as they ask to be told (RFC 3461): by us, by hosts that know DSN,
// and by Postfix.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createTransport } from "nodemailer";
import { postfix, startPostfix } from "../../bench/servers/postfix.ts";
import { openWorkspace } from "../../bench/workspace.ts";
import { addAccounts, newMail, untilMail } from "../support/mailbox.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { modern, type Sink, startSink } from "../support/sink.ts";
import { openSession, type SmtpClient } from "../support/smtp-client.ts";

const ann = "ann@example.org";
const letter = "Subject: hello\r\n\r\nthe body\r\n";

interface World {
  readonly server: TestServer;
  /** Takes mail for plain.example, and knows no DSN. */
  readonly plain: Sink;
  /** Takes mail for knows.example, and knows DSN. */
  readonly knows: Sink;
}

async function startWorld(
  t: TestContext,
  more: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const plain = await startSink(t);
  const knows = await startSink(t, { offers: [...modern, "DSN"] });
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [
        { to: "plain.example", via: plain.name },
        { to: "knows.example", via: knows.name },
      ],
      ...more,
    },
  });
  await addAccounts(server, ann, "bob@example.org");
  return { server, plain, knows };
}

/** One transaction, each recipient with its parameters. */
async function sendAsking(
  client: SmtpClient,
  mail: string,
  ...recipients: readonly (readonly [address: string, parameters: string])[]
): Promise<void> {
  await client.expect(`MAIL FROM:<${ann}> ${mail}`.trimEnd(), "250");
  for (const [address, parameters] of recipients) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await client.expect(`RCPT TO:<${address}> ${parameters}`.trimEnd(), "250");
  }
  await client.expect("DATA", "354");
  await client.expect(`${letter}.`, "250");
}

function notice(mail: readonly string[], recipient: string): string {
  const found = mail.find((text) => text.includes(`\nFinal-Recipient: rfc822; ${recipient}\n`));
  return found ?? assert.fail(`no notice about ${recipient}`);
}

test("notices of success, of failure, and none", async (t) => {
  const { server, plain, knows } = await startWorld(t);
  plain.follow(({ stage, address }) =>
    stage === "recipient" && address.startsWith("nobody") ? "550 5.1.1 No such user" : undefined,
  );
  const client = await openSession(server.address);
  await sendAsking(
    client,
    "RET=FULL ENVID=a+2Bb",
    ["bob@example.org", "NOTIFY=SUCCESS ORCPT=rfc822;Robert@example.org"],
    ["carl@plain.example", "NOTIFY=SUCCESS,FAILURE"],
    ["dora@knows.example", "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Dora+2Bx@knows.example"],
    ["nobody1@plain.example", "NOTIFY=FAILURE"],
    ["nobody2@plain.example", "NOTIFY=NEVER"],
    ["nobody3@plain.example", ""],
  );
  const { parameters } = await knows.untilFor("dora@knows.example");
  assert.match(parameters, /(^| )RET=FULL ENVID=a\+2Bb$/);
  assert.ok(
    knows.commands.includes(
      "RCPT TO:<dora@knows.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Dora+2Bx@knows.example",
    ),
  );
  assert.ok(plain.commands.every((line) => !/NOTIFY|ORCPT|RET=|ENVID/.test(line)));

  // One for bob, and one for all of plain.example.
  const mail = await untilMail(server, ann, 2);
  const delivered = notice(mail, "bob@example.org");
  assert.match(delivered, /^Original-Envelope-Id: a\+b$/m);
  assert.match(delivered, /^Original-Recipient: rfc822; Robert@example.org$/m);
  assert.match(delivered, /^Action: delivered\nStatus: 2\.0\.0$/m);
  assert.doesNotMatch(delivered, /the body/);
  const other = notice(mail, "carl@plain.example");
  assert.match(other, /carl@plain.example\nAction: relayed\n/);
  assert.match(other, /nobody1@plain.example\nAction: failed\nStatus: 5\.1\.1\n/);
  assert.match(other, /nobody3@plain.example\nAction: failed\n/);
  assert.doesNotMatch(other, /nobody2|dora/);
  assert.match(other, /Content-Type: message\/rfc822\n[^]*\n\nReceived: [^]*\n\nthe body\n/);
  client.destroy();
});

test("a host that knows DSN is told that nothing is to be told of a notice", async (t) => {
  const { server, plain, knows } = await startWorld(t);
  plain.follow(({ stage }) => (stage === "recipient" ? "550 5.1.1 No such user" : undefined));
  const client = await openSession(server.address);
  await client.send({ from: "eve@knows.example", to: ["x@plain.example"], content: letter });
  const { sender, content } = await knows.untilFor("eve@knows.example");
  assert.equal(sender, "");
  assert.match(content.toString(), /^Action: failed\r$/m);
  assert.ok(knows.commands.includes("RCPT TO:<eve@knows.example> NOTIFY=NEVER"));
  client.destroy();
});

test("strangers may not ask, unless the operator lets them", async (t) => {
  const { server } = await startWorld(t);
  const stranger = await openSession(server.address, "127.0.0.2");
  assert.doesNotMatch(await stranger.expect("EHLO client.example", "250"), /DSN/);
  await stranger.expect("MAIL FROM:<zoe@client.example> RET=HDRS", "555");
  await stranger.expect("MAIL FROM:<zoe@client.example>", "250");
  await stranger.expect("RCPT TO:<bob@example.org> NOTIFY=SUCCESS", "555");
  await stranger.expect("RCPT TO:<bob@example.org>", "250");
  stranger.destroy();
});

test("strangers whom the operator lets ask are told", async (t) => {
  const { server } = await startWorld(t, { notices: { "for-strangers": true } });
  const stranger = await openSession(server.address, "127.0.0.2");
  assert.match(await stranger.expect("EHLO client.example", "250"), /250[ -]DSN/);
  await sendAsking(stranger, "", ["bob@example.org", "NOTIFY=SUCCESS"]);
  assert.match(notice(await untilMail(server, ann, 1), "bob@example.org"), /^Action: delivered$/m);
  stranger.destroy();
});

test("Nodemailer asks, as a user who has logged in", async (t) => {
  const { server, knows } = await startWorld(t, {
    listeners: { submissions: { role: "submission", listen: ["127.0.0.1:0"], tls: "implicit" } },
  });
  const user = "carol@example.org";
  const secret = join(server.folder, "secret");
  await writeFile(secret, "open sesame\n");
  assert.equal((await server.run("account", "add", user, "--password-file", secret)).code, 0);
  const transport = createTransport({
    ...server.address,
    secure: true,
    tls: { rejectUnauthorized: false },
    auth: { user, pass: "open sesame" },
  });
  t.after(() => transport.close());
  await transport.sendMail({
    from: user,
    to: ["bob@example.org", "dora@knows.example"],
    subject: "Hello",
    text: "Good day.",
    dsn: { id: "=1+2", return: "headers", notify: ["success"], recipient: user },
  });
  const [told = ""] = await untilMail(server, user, 1);
  assert.match(told, /^Original-Envelope-Id: =1\+2$/m);
  assert.match(told, /^Final-Recipient: rfc822; bob@example.org\nAction: delivered$/m);
  const { parameters } = await knows.untilFor("dora@knows.example");
  assert.match(parameters, / RET=HDRS ENVID=\+3D1\+2B2$/);
});

const availability = postfix.availability();
const skip =
  !availability.available && process.env["CI"] === undefined && `Postfix: ${availability.why}`;

test("Postfix takes over what we are asked, and tells of it", { skip }, async (t) => {
  const sink = await startSink(t);
  const workspace = openWorkspace();
  const starting = startPostfix({
    workspace,
    sink: { host: "127.0.0.1", port: sink.endpoint.port },
  });
  t.after(async () => {
    await starting.then((running) => running.stop()).finally(() => workspace.close());
  });
  const { address } = await starting;
  const { server } = await startWorld(t, {
    routes: [{ to: "*", via: `${address.host}:${address.port}` }],
  });
  const client = await openSession(server.address);
  // The sender is behind the sink, too, so that what Postfix tells arrives there.
  await client.expect("MAIL FROM:<ann@one.example> RET=HDRS ENVID=a+2Bb", "250");
  await client.expect(
    "RCPT TO:<bob@two.example> NOTIFY=SUCCESS ORCPT=rfc822;Robert+2Bx@two.example",
    "250",
  );
  await client.expect("DATA", "354");
  await client.expect(`${letter}.`, "250");
  const told = (await sink.untilFor("ann@one.example")).content.toString();
  assert.match(told, /^Reporting-MTA: dns; bench.example\r$/m);
  assert.match(told, /^Original-Envelope-Id: a\+b\r$/m);
  assert.match(told, /^Original-Recipient: rfc822;\s?Robert\+x@two.example\r$/m);
  assert.match(told, /^Action: relayed\r$/m);
  assert.deepEqual(await newMail(server, ann), []);
  client.destroy();
});
