// Signatures on their way out, as the other side sees them: made by the real program, checked by
// mailauth with what the DNS has.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Resolver } from "node:dns/promises";
import { test } from "node:test";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { createTransport } from "nodemailer";
import { formatKeyRecord, keyRecordName } from "../../src/core/dkim/key-record.ts";
import { type DnsServer, startDns } from "../support/dns.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { sendLetter } from "../support/smtp-client.ts";

const trusted = "127.0.0.1";
const stranger = "127.0.0.2";
const user = "alice@example.org";

interface Key {
  readonly domain: string;
  readonly name: string;
  readonly publicKeys: { readonly rsa: string; readonly ed25519: string };
}

interface Finding {
  readonly state: string;
  readonly records: readonly { readonly type: string; readonly name: string }[];
}

async function publish(server: TestServer, dns: DnsServer): Promise<readonly Key[]> {
  const { stdout } = await server.run("dkim", "list", "--json");
  const keys: readonly Key[] = JSON.parse(stdout);
  for (const { domain, name, publicKeys } of keys) {
    for (const algorithm of ["rsa", "ed25519"] as const) {
      const text = formatKeyRecord(algorithm, publicKeys[algorithm]);
      dns.set(keyRecordName(domain, name, algorithm), { TXT: [text] });
    }
  }
  return keys;
}

/** Selector and result of each signature. */
async function verify(content: string, dns: DnsServer): Promise<readonly string[]> {
  const questions = new Resolver();
  questions.setServers([`${dns.endpoint.host}:${dns.endpoint.port}`]);
  const { results } = await dkimVerify(Buffer.from(content, "latin1"), {
    resolver: (name) => questions.resolveTxt(name),
  });
  return results.flatMap(({ selector, signingDomain, status }) =>
    signingDomain ? [`${signingDomain} ${selector} ${status.result}`] : [],
  );
}

function letter(from: string, to: string) {
  const content = `From: <${from}>\r\nTo: <${to}>\r\nSubject: Hello\r\n\r\n Hello \r\n..\r\n\r\n`;
  return { from, to: [to], content };
}

async function nextFrom(sink: Sink, before: number): Promise<string> {
  const message = (await sink.until(before + 1))[before];
  assert.ok(message);
  return message.content.toString("latin1");
}

test("mail of a domain with keys is signed on its way out, once they are published", async (t) => {
  const sink = await startSink(t, {
    script: ({ stage, address }) =>
      stage === "recipient" && address.startsWith("gone@") ? "550 5.1.1 Nobody here" : undefined,
  });
  const dns = await startDns({});
  t.after(() => dns.close());
  const configuration = {
    hostname: "mail.example.org",
    listeners: {
      mx: { role: "mx", listen: ["127.0.0.1:0"] },
      submission: { role: "submission", listen: ["127.0.0.1:0"] },
    },
    relay: { networks: [`${trusted}/32`] },
    routes: [{ to: "*", via: sink.name }],
    dns: { servers: [`${dns.endpoint.host}:${dns.endpoint.port}`] },
    domains: { "inside.example": { deliver: "mailboxes" } },
  };
  const server = await startBailiwick(t, { configuration });
  const added = await server.run("domain", "add", "example.org");
  assert.deepEqual([added.code, added.stderr], [0, ""]);
  assert.match(added.stdout, /bailiwick dns example\.org/);
  const secret = join(server.folder, "secret");
  await writeFile(secret, "open sesame\n");
  assert.equal((await server.run("account", "add", user, "--password-file", secret)).code, 0);
  await addAccounts(server, "bob@inside.example");

  const [mx, submission] = server.listeners;
  assert.ok(mx && submission);
  async function relayed(from: string): Promise<string> {
    const before = sink.messages.length;
    const sent = await sendLetter(mx!, letter(from, "far@far.example"), trusted);
    assert.match(sent.content ?? "", /^250 /);
    return nextFrom(sink, before);
  }

  assert.doesNotMatch(await relayed(user), /DKIM-Signature/, "nobody could find the keys");
  const refused = await server.run("dkim", "activate", "example.org");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /are not published: .*it is not there/);

  const [key] = await publish(server, dns);
  assert.ok(key);
  assert.equal((await server.run("dkim", "activate", "example.org")).code, 0);
  const both = ["rsa", "ed25519"].map((kind) => `example.org ${key.name}-${kind} pass`);

  await t.test("of those who are trusted", async () => {
    assert.deepEqual(await verify(await relayed(user), dns), both);
    assert.doesNotMatch(await relayed("a@elsewhere.example"), /DKIM-Signature/);
    assert.doesNotMatch(await relayed("bob@inside.example"), /DKIM-Signature/, "it has no keys");
  });

  await t.test("of those who log in, with what submission adds", async () => {
    const before = sink.messages.length;
    const transport = createTransport({
      ...submission,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
      auth: { user, pass: "open sesame" },
    });
    t.after(() => transport.close());
    const raw = `From: Alice <${user}>\r\nBcc: carl@far.example\r\nTo: bob@far.example\r\n\r\n${"Hello.\r\n".repeat(100_000)}`;
    await transport.sendMail({ envelope: { from: user, to: "bob@far.example" }, raw });
    const content = await nextFrom(sink, before);
    assert.match(content, /^Message-ID: /m);
    assert.doesNotMatch(content, /^Bcc: /m);
    assert.deepEqual(await verify(content, dns), both);
  });

  await t.test("and never of strangers", async () => {
    await sendLetter(mx, letter(user, "bob@inside.example"), stranger);
    const [mail] = await untilMail(server, "bob@inside.example", 1);
    assert.doesNotMatch(mail ?? "", /DKIM-Signature/);
  });

  await t.test("and notices, by the domain above our name", async () => {
    await sendLetter(mx, letter(user, "gone@far.example"), trusted);
    const [notice] = await untilMail(server, user, 1);
    assert.match(notice ?? "", /^From: Mail Delivery System <mailer-daemon@mail\.example\.org>/m);
    assert.deepEqual(await verify(notice ?? "", dns), both);
  });

  await t.test("and the DNS is compared with what it should say", async () => {
    const words = ["dns", "example.org", "--address", "192.0.2.25"];
    const { code, stdout } = await server.run(...words, "--json");
    assert.equal(code, 1);
    const findings: readonly Finding[] = JSON.parse(stdout);
    const states = (type: string, name: RegExp) =>
      findings
        .filter(({ records: [record] }) => record?.type === type && name.test(record.name))
        .map(({ state }) => state);
    assert.deepEqual(states("TXT", /_domainkey/), ["ok", "ok"]);
    assert.deepEqual(states("MX", /^example\.org$/), ["missing"]);
    assert.match((await server.run(...words, "--check")).stdout, /^missing {2,}MX example\.org /m);
    const other = await server.run("dns", "elsewhere.example");
    assert.equal(other.code, 1);
    assert.match(other.stderr, /not one of our domains/);
  });

  await t.test("with the new keys after a rotation and another start", async () => {
    assert.equal((await server.run("dkim", "rotate", "example.org")).code, 0);
    const keys = await publish(server, dns);
    assert.equal(keys.length, 2);
    assert.deepEqual(await verify(await relayed(user), dns), both, "the old ones sign on");
    await server.stop();
    const zone = await server.run("dns", "example.org", "--zone");
    assert.equal(zone.code, 0);
    const published = /_domainkey\.example\.org\. 3600 IN TXT "v=DKIM1; /g;
    assert.equal(zone.stdout.match(published)?.length, 4);
    const again = await startBailiwick(t, { configuration, folder: server.folder });
    // At its start it looks whether the DNS has them.
    await again.untilLogged(({ event }) => event === "dkim-key-active");
    const before = sink.messages.length;
    await sendLetter(again.address, letter(user, "far@far.example"), trusted);
    const name = keys[1]?.name ?? "";
    assert.deepEqual(
      await verify(await nextFrom(sink, before), dns),
      ["rsa", "ed25519"].map((kind) => `example.org ${name}-${kind} pass`),
    );
    const { stdout } = await again.run("dkim", "list", "example.org");
    assert.match(stdout, new RegExp(`${key.name} +retired +stays published until`));
  });
});
