// Hosts that say no: the sender is told, once, by the letter of RFC 3464, and nobody is told that a
// notice could not be delivered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newMail, untilMail } from "../../support/mailbox.ts";
import { readReport } from "../../support/report.ts";
import { modern, type Moment, type SinkOptions } from "../../support/sink.ts";
import { openSession } from "../../support/smtp-client.ts";
import { waitUntil } from "../../support/wait.ts";
import { attemptsFor, content, sender, startWorld } from "./world.ts";

const withoutChunks = modern.filter((offer) => offer !== "CHUNKING");
const no = "550 5.7.1 We do not like that";

function refusesAt(stage: Moment["stage"], offers: readonly string[] = withoutChunks): SinkOptions {
  return { offers, script: (moment) => (moment.stage === stage ? no : undefined) };
}

function without(...keywords: readonly string[]): SinkOptions {
  return { offers: modern.filter((offer) => !keywords.some((word) => offer.startsWith(word))) };
}

const hosts: Readonly<Record<string, SinkOptions>> = {
  "dots-mail": refusesAt("mail"),
  "dots-recipient": refusesAt("recipient"),
  "dots-data": refusesAt("data"),
  "dots-content": refusesAt("content"),
  "dots-final": refusesAt("final"),
  "chunks-recipient": refusesAt("recipient", modern),
  "chunks-content": refusesAt("content", modern),
  "chunks-final": refusesAt("final", modern),
  "seven-bit": without("8BITMIME"),
  small: { offers: ["SIZE 100"] },
  ascii: without("SMTPUTF8"),
  picky: { script: refuseByName },
  refusing: refusesAt("recipient"),
};

function refuseByName({ stage, address, times }: Moment): `${number} ${string}` | undefined {
  if (stage !== "recipient") return undefined;
  if (address.startsWith("never")) return "550 5.1.1 <never> is unknown\nhere and elsewhere";
  return address.startsWith("later") && times === 1 ? "451 4.2.0 Greylisted" : undefined;
}

test("hosts that say no", async (t) => {
  const { server, host } = await startWorld(t, hosts, { retry: ["1s"] });
  const client = await openSession(server.address);
  let told = 0;

  /** Sends to one recipient, and returns the report that the sender gets. */
  async function bounce(to: string, parameters = "", text = content) {
    await client.send({ from: sender, to: [to], content: text, parameters });
    const all = await untilMail(server, sender, ++told);
    const mail = all.find((each) => each.includes(`Final-Recipient: rfc822; ${to}\n`));
    assert.ok(mail !== undefined, `no report for ${to}`);
    return readReport(mail);
  }

  for (const name of Object.keys(hosts).filter((each) => /^(dots|chunks)-/.test(each))) {
    await t.test(`550 at ${name}`, async () => {
      const { header, message, recipients, original, words } = await bounce(`bob@${name}.example`);
      assert.equal(header.get("return-path"), "<>");
      assert.equal(header.get("to"), `<${sender}>`);
      assert.equal(header.get("auto-submitted"), "auto-replied");
      assert.match(header.get("from") ?? "", /<mailer-daemon@mail\.example\.org>$/);
      assert.equal(message.get("reporting-mta"), "dns; mail.example.org");
      assert.ok(message.has("arrival-date"));
      const [recipient, ...others] = recipients;
      assert.equal(others.length, 0);
      assert.equal(recipient?.get("final-recipient"), `rfc822; bob@${name}.example`);
      assert.equal(recipient.get("action"), "failed");
      assert.equal(recipient.get("status"), "5.7.1");
      assert.equal(recipient.get("diagnostic-code"), `smtp; ${no}`);
      assert.match(recipient.get("remote-mta") ?? "", /^dns; 127\.0\.0\.1 /);
      assert.ok(words.replace(/\s+/g, " ").includes(`said: ${no}`), words);
      assert.match(original, /^Received: from client\.example /);
      assert.match(original, /\nSubject: Hello\n/);
      assert.equal(host(name).messages.length, 0);
    });
  }

  const obstacles = [
    ["8-bit content for a 7-bit host", "bob@seven-bit.example", "BODY=8BITMIME", "5.6.3"],
    ["a message above the host's size", "bob@small.example", "", "5.3.4"],
    ["SMTPUTF8 for a host without it", "bob@ascii.example", "SMTPUTF8", "5.6.7"],
  ] as const;
  for (const [name, to, parameters, status] of obstacles) {
    await t.test(name, async () => {
      const text = "From: <alice@example.org>\r\nSubject: Grüße\r\n\r\nGrüße!\r\n";
      const { recipients } = await bounce(to, parameters, text);
      assert.equal(recipients[0]?.get("status"), status);
      assert.equal(host(to.replace(/^bob@(.*)\.example$/, "$1")).heard.length, 0);
    });
  }

  await t.test("a 7-bit host takes what it can", async () => {
    await client.send({ from: sender, to: ["carol@seven-bit.example"], content });
    await host("seven-bit").untilFor("carol@seven-bit.example");
  });

  await t.test("recipients of one message fare each by itself", async () => {
    const names = ["good", "never-1", "later", "never-2", "fine"];
    const to = names.map((name) => `${name}@picky.example`);
    await client.send({ from: sender, to, content });
    const all = await untilMail(server, sender, ++told);
    const { recipients } = readReport(all.find((mail) => mail.includes("never-1")) ?? "");
    // One notice names all that failed at once, and nobody else.
    assert.deepEqual(
      recipients.map((fields) => fields.get("final-recipient")),
      ["rfc822; never-1@picky.example", "rfc822; never-2@picky.example"],
    );
    const diagnosis = "smtp; 550 5.1.1 <never> is unknown here and elsewhere";
    assert.equal(recipients[0]?.get("diagnostic-code"), diagnosis);
    await host("picky").untilFor("later@picky.example");
    assert.deepEqual(
      host("picky").messages.map((message) => message.recipients),
      [["good@picky.example", "fine@picky.example"], ["later@picky.example"]],
    );
  });

  await t.test("a notice that is refused makes no other notice", async () => {
    const from = "mallory@refusing.example";
    await client.send({ from, to: ["bob@dots-mail.example"], content });
    const attempts = await attemptsFor(server, from, "failed");
    assert.equal(attempts.length, 1);
    assert.ok(host("refusing").commands.some((line) => line.startsWith("MAIL FROM:<> ")));
  });

  await t.test("mail from nobody that is refused tells nobody", async () => {
    await client.send({ from: "", to: ["nobody@dots-mail.example"], content });
    await attemptsFor(server, "nobody@dots-mail.example", "failed");
  });

  await t.test("nobody was told twice, and nothing is left", async () => {
    client.destroy();
    await waitUntil("the queue is empty", async () => {
      return (await server.run("queue", "list", "--json")).stdout === "";
    });
    assert.equal(await server.stop(), 0);
    assert.equal((await newMail(server, sender)).length, told);
  });
});
