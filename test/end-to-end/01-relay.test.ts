// The main question: who may send what through us, asked by real clients of the real program.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccounts, newMail, untilMail } from "../support/mailbox.ts";
import { startBailiwick } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { openSession, sendLetter } from "../support/smtp-client.ts";
import { splitTrace } from "../support/octets.ts";

const trusted = "127.0.0.1";
const stranger = "127.0.0.2";

function letter(...to: readonly string[]) {
  const content = "From: <sender@client.example>\r\nSubject: Hello\r\n\r\nHello.\r\n";
  return { from: "sender@client.example", to, content };
}

test("who may send what", async (t) => {
  const outside = await startSink(t);
  const gateway = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: [`${trusted}/32`] },
      domains: {
        "example.org": { deliver: "mailboxes" },
        "example.net": { "relay-to": gateway.name },
      },
      routes: [{ to: "*", via: outside.name }],
    },
  });
  const accounts = ["alice", "bob", "carol", "dave", "o'brien+lists"];
  await addAccounts(server, ...accounts.map((name) => `${name}@example.org`));
  const send = (recipients: readonly string[], from: string) =>
    sendLetter(server.address, letter(...recipients), from);

  await t.test("a stranger is refused at RCPT, with nothing kept", async () => {
    const sent = await send(["victim@elsewhere.example"], stranger);
    assert.match(sent.recipients[0] ?? "", /^550 5\.7\.1 /);
    assert.equal(sent.content, undefined);
    const decision = await server.untilLogged(({ event }) => event === "decision");
    assert.equal(decision["verdict"], "refuse");
    assert.equal(decision["reason"], "relaying-denied");
    assert.equal(decision["client"], stranger);
    const { stdout } = await server.run("queue", "list");
    assert.equal(stdout, "The queue is empty.\n");
  });

  await t.test("the classic ways to ask an open relay get nothing from this one", async () => {
    const client = await openSession(server.address, stranger);
    const forms = [
      "<victim@elsewhere.example>",
      "victim@elsewhere.example",
      '<"victim@elsewhere.example">',
      "<victim%elsewhere.example@mail.example.org>",
      "<victim%elsewhere.example@example.org>",
      '<"victim@elsewhere.example"@example.org>',
      "<elsewhere.example!victim@example.org>",
      "<@example.org:victim@elsewhere.example>",
      "<@mail.example.org,@example.org:victim@elsewhere.example>",
      "<elsewhere.example!victim>",
      "<victim@[127.0.0.1]>",
      "<victim@elsewhere.example@example.org>",
      "<victim@>",
    ];
    // Half of the answers are errors, of which a connection has ten.
    for (const [index, form] of forms.entries()) {
      await client.expect(`MAIL FROM:<${index % 2 === 0 ? "alice@example.org" : ""}>`, "250");
      assert.match(await client.command(`RCPT TO:${form}`), /^55[0-9] |^501 /, form);
      await client.expect("RSET", "250");
    }
    client.destroy();
    assert.equal(outside.connections + gateway.connections, 0);
  });

  await t.test("a client of relay.networks sends to anyone, with a trace on top", async () => {
    const sent = await send(["bob@elsewhere.example"], trusted);
    assert.match(sent.recipients[0] ?? "", /^250 2\.1\.5 /);
    const id = /^250 2\.0\.0 Ok: queued as ([0-9a-z]{11})$/.exec(sent.content ?? "")?.[1];
    assert.ok(id !== undefined, sent.content);
    const message = await outside.untilFor("bob@elsewhere.example");
    assert.equal(message.sender, "sender@client.example");
    const { trace, rest } = splitTrace(message.content);
    assert.equal(rest.toString(), letter().content);
    assert.ok(trace.startsWith(`Received: from client.example ([${trusted}])\r\n`), trace);
    assert.ok(trace.includes(`by mail.example.org (Bailiwick) with ESMTP id ${id}`), trace);
    assert.ok(trace.includes("for <bob@elsewhere.example>; "), trace);
  });

  await t.test("a stranger's mail for a mailbox lands in it", async () => {
    const sent = await send(["alice@example.org"], stranger);
    assert.match(sent.recipients[0] ?? "", /^250 /);
    const [mail = ""] = await untilMail(server, "alice@example.org", 1);
    const [returnPath, deliveredTo, received] = mail.split("\n");
    assert.equal(returnPath, "Return-Path: <sender@client.example>");
    assert.equal(deliveredTo, "Delivered-To: alice@example.org");
    assert.equal(received, `Received: from client.example ([${stranger}])`);
    assert.ok(mail.endsWith("\nSubject: Hello\n\nHello.\n"), mail);
    assert.ok(!mail.includes("\r"), "a mailbox has the line ends of its system");
  });

  await t.test("a local part is found without its case, and written as it came", async () => {
    await send(["BOB@Example.ORG", "O'Brien+lists@example.org"], stranger);
    const [mail = ""] = await untilMail(server, "bob@example.org", 1);
    assert.match(mail, /^Delivered-To: BOB@example\.org$/m);
    assert.equal((await untilMail(server, "o'brien+lists@example.org", 1)).length, 1);
  });

  await t.test("whoever has no mailbox is refused at RCPT, not bounced later", async () => {
    const sent = await send(["nobody@example.org", "carol@example.org"], stranger);
    assert.match(sent.recipients[0] ?? "", /^550 5\.1\.1 /);
    assert.match(sent.recipients[1] ?? "", /^250 /);
    assert.match(sent.content ?? "", /^250 /);
    await untilMail(server, "carol@example.org", 1);
  });

  await t.test("a domain that we relay for is taken from strangers, to its own host", async () => {
    const sent = await send(["anybody@example.net", "victim@elsewhere.example"], stranger);
    assert.match(sent.recipients[1] ?? "", /^550 5\.7\.1 /);
    const message = await gateway.untilFor("anybody@example.net");
    assert.deepEqual(message.recipients, ["anybody@example.net"]);
  });

  await t.test("each recipient of one message goes its own way, once", async () => {
    const to = ["dave@example.org", "b@elsewhere.example", "c@example.net", "d@other.example"];
    await send(to, trusted);
    const sentOn = await outside.untilFor("b@elsewhere.example");
    // Both go the same way, and so in one transaction.
    assert.deepEqual(sentOn.recipients, ["b@elsewhere.example", "d@other.example"]);
    assert.ok(!sentOn.content.includes("for <"), "no recipient is named to the others");
    assert.deepEqual((await gateway.untilFor("c@example.net")).recipients, ["c@example.net"]);
    await untilMail(server, "dave@example.org", 1);
  });

  await t.test("in the end nothing is left over and nothing came twice", async () => {
    assert.equal(await server.stop(), 0);
    assert.equal((await server.run("queue", "list", "--json")).stdout, "");
    assert.equal(outside.heard.length, 2);
    assert.equal(gateway.heard.length, 2);
    for (const name of accounts) {
      assert.equal((await newMail(server, `${name}@example.org`)).length, 1, name);
    }
    assert.ok(
      server.log.every(({ level }) => level <= 30),
      "nothing is worth a warning",
    );
  });
});
