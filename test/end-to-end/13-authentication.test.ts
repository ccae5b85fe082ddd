// Mail from strangers: what is found out about where it comes from, said at its top, and what follows.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { sealMessage } from "mailauth";
import { runCommand, whyMissing } from "../support/command.ts";
import { type DnsServer, type DnsZone, startDns } from "../support/dns.ts";
import { addAccounts, newMail, untilMail } from "../support/mailbox.ts";
import { behindProxy, openSessionFrom } from "../support/proxied.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";

const stranger = "203.0.113.9";
const trusted = "192.0.2.7";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = publicKey.export({ type: "spki", format: "der" }).toString("base64");
const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

const zone: DnsZone = {
  "client.example": { TXT: [`v=spf1 ip4:${stranger} -all`] },
  "_dmarc.client.example": { TXT: ["v=DMARC1; p=reject"] },
  "s1._domainkey.client.example": { TXT: [`v=DKIM1; k=rsa; p=${key}`] },
  "bank.example": { TXT: ["v=spf1 -all"] },
  "_dmarc.bank.example": { TXT: ["v=DMARC1; p=reject"] },
  "_dmarc.soft.example": { TXT: ["v=DMARC1; p=quarantine"] },
  "s1._domainkey.lists.example": { TXT: [`v=DKIM1; k=rsa; p=${key}`] },
  "broken.example": { fault: "SERVFAIL" },
  "_dmarc.broken.example": { fault: "SERVFAIL" },
};

function configurationWith(dns: DnsServer, authentication: object): Record<string, unknown> {
  return {
    listeners: { mx: { role: "mx", ...behindProxy } },
    dns: { servers: [`${dns.endpoint.host}:${dns.endpoint.port}`] },
    relay: { networks: [`${trusted}/32`] },
    domains: { "example.org": { deliver: "mailboxes" } },
    authentication,
  };
}

/** Sends to an account as a client at that address; returns the reply to the content. */
async function send(
  server: TestServer,
  client: string,
  letter: { readonly from: string; readonly content: string; readonly chunks?: number },
  to = "alice@example.org",
): Promise<string> {
  const session = await openSessionFrom(server.address, client);
  const { content = "" } = await session.send({ ...letter, to: [to] });
  session.destroy();
  return content;
}

const letter = (from: string, more = "") =>
  `From: <${from}>\r\nTo: alice@example.org\r\nSubject: Hello\r\n${more}\r\nHello.\r\n`;

/** The results' field, unfolded, which stands at the top but for what delivery put there. */
function resultsOf(mail: string): string {
  const [, , ...lines] = mail.split("\n");
  const end = lines.findIndex((line, index) => index > 0 && !/^[ \t]/.test(line));
  return lines.slice(0, end).join("").replace(/\s+/g, " ");
}

async function junkOf({ dataFolder }: TestServer, account: string): Promise<readonly string[]> {
  const [local = "", domain = ""] = account.split("@");
  const folder = join(dataFolder, "mail", domain, local, ".Junk", "new");
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readFile(join(folder, name), "latin1")));
}

async function signWithDkimpy(keyFile: string, lines: number): Promise<string> {
  const line = `${"more  text\t".repeat(80)} \r\n`;
  const words = ["--hcanon", "simple", "--bcanon", "relaxed", "s1", "client.example", keyFile];
  const content = letter("zoe@client.example") + line.repeat(lines);
  const { code, stdout, stderr } = await runCommand("dkimsign", words, content);
  assert.equal(code, 0, stderr);
  return stdout;
}

const skip = await whyMissing("dkimsign");

suite("mail from strangers", () => {
  test("is verified, and treated as the domains' holders want it", async (t) => {
    const dns = await startDns(zone);
    t.after(() => dns.close());
    const settings = { dmarc: "reject", "trusted-sealers": ["lists.example"] };
    const server = await startBailiwick(t, { configuration: configurationWith(dns, settings) });
    const names = ["alice", "bob", "carol", "dave", "eve"].map((name) => `${name}@example.org`);
    await addAccounts(server, ...names);
    const [alice = "", bob = "", carol = "", dave = "", eve = ""] = names;

    await t.test(
      "an honest message has its results on top, and nobody else's in our name",
      async () => {
        const forged = "Authentication-Results: MAIL.example.org;\r\n dmarc=pass (forged)\r\n";
        const others = "Authentication-Results: mx.example.net; spf=none\r\n";
        const content = letter("zoe@client.example", `${forged}${others}`);
        assert.match(await send(server, stranger, { from: "zoe@client.example", content }), /^250/);
        const [mail = ""] = await untilMail(server, alice, 1);
        assert.equal(
          resultsOf(mail),
          "Authentication-Results: mail.example.org; spf=pass smtp.mailfrom=zoe@client.example; " +
            "dkim=none; dmarc=pass header.from=client.example",
        );
        assert.match(
          mail,
          /^Return-Path: .*\nDelivered-To: .*\nAuthentication-Results: mail\.example\.org;/,
        );
        assert.doesNotMatch(mail, /forged/);
        assert.match(mail, /mx\.example\.net; spf=none/);
        await server.untilLogged(
          ({ event, verdict, spf }) =>
            event === "authenticated" && verdict === "pass" && spf === "pass client.example",
        );
      },
    );

    await t.test("what is not from whom it says is refused where they want that", async () => {
      const said = await send(server, stranger, {
        from: "zoe@client.example",
        content: letter("ceo@bank.example"),
      });
      assert.match(said, /^550-5\.7\.26 .*bank\.example/);
      const entry = await server.untilLogged(
        ({ event, error }) => event === "refused" && String(error).includes("bank.example"),
      );
      assert.match(said, new RegExp(String(entry["message"])));
      assert.equal((await newMail(server, alice)).length, 1);
    });

    await t.test("it is junk where they want that", async () => {
      const content = letter("ann@soft.example");
      assert.match(
        await send(server, stranger, { from: "zoe@client.example", content }, bob),
        /^250/,
      );
      const [mail = ""] = await waitUntil("it is in the Junk folder", async () => {
        const junk = await junkOf(server, bob);
        return junk.length > 0 && junk;
      });
      assert.match(resultsOf(mail), /dmarc=fail \(p=quarantine\) header\.from=soft\.example$/);
      assert.deepEqual(await newMail(server, bob), []);
      await server.untilLogged(({ event, junk }) => event === "queued" && junk !== undefined);
    });

    await t.test("what cannot be found out counts against nobody", async () => {
      const content = letter("ann@broken.example");
      assert.match(
        await send(server, stranger, { from: "ann@broken.example", content }, carol),
        /^250/,
      );
      const [mail = ""] = await untilMail(server, carol, 1);
      assert.match(
        resultsOf(mail),
        /spf=temperror .*dmarc=temperror .*header\.from=broken\.example/,
      );
    });

    await t.test("a list that is trusted may have changed it", async () => {
      const changed = letter("ceo@bank.example", "List-Id: <l.lists.example>\r\n");
      const how = {
        i: 1,
        cv: "none" as const,
        signTime: new Date(),
        signingDomain: "lists.example",
        selector: "s1",
        privateKey: pem,
        authResults: "lists.example; dmarc=pass header.from=bank.example",
      };
      const content = `${String(await sealMessage(changed, how))}${changed}`;
      assert.match(
        await send(server, stranger, { from: "l@client.example", content }, dave),
        /^250/,
      );
      const [mail = ""] = await untilMail(server, dave, 1);
      assert.match(resultsOf(mail), /arc=pass \(i=1, sealed by lists\.example\); dmarc=fail/);
      // The seal is over the last From; programs show the first.
      const replayed = {
        from: "l@client.example",
        content: `From: <cfo@bank.example>\r\n${content}`,
      };
      assert.match(await send(server, stranger, replayed, dave), /^550-5\.7\.26 /);
    });

    await t.test(
      "whoever may relay is not verified, but does not speak for us either",
      async () => {
        const asked = dns.queries.length;
        const forged = "Authentication-Results: mail.example.org; dmarc=pass\r\n";
        const content = letter("ceo@bank.example", forged);
        assert.match(
          await send(server, trusted, { from: "ceo@bank.example", content }, eve),
          /^250/,
        );
        const [mail = ""] = await untilMail(server, eve, 1);
        assert.doesNotMatch(mail, /Authentication-Results/);
        assert.equal(dns.queries.length, asked);
      },
    );
  });

  test("is only marked by default, and verified as dkimpy has signed it", async (t) => {
    const dns = await startDns(zone);
    t.after(() => dns.close());
    const server = await startBailiwick(t, { configuration: configurationWith(dns, {}) });
    await addAccounts(server, "alice@example.org", "bob@example.org");

    await t.test("what is not from whom it says", async () => {
      const content = letter("ceo@bank.example");
      assert.match(await send(server, stranger, { from: "zoe@client.example", content }), /^250/);
      const [mail = ""] = await untilMail(server, "alice@example.org", 1);
      assert.match(resultsOf(mail), /dmarc=fail \(p=reject\) header\.from=bank\.example/);
    });

    await t.test("signed messages, a large one and a small one", { skip }, async (tt) => {
      const file = join(await temporaryFolder(tt), "key.pem");
      await writeFile(file, pem, { mode: 0o600 });
      for (const [index, lines] of [1, 2_000].entries()) {
        const content = await signWithDkimpy(file, lines);
        const from = `bounce-${index}@elsewhere.example`;
        const said = await send(
          server,
          stranger,
          { from, content, chunks: 30_000 },
          "bob@example.org",
        );
        assert.match(said, /^250/);
        const mail = await untilMail(server, "bob@example.org", index + 1);
        const [results = ""] = mail.map(resultsOf).filter((one) => one.includes(from));
        assert.match(
          results,
          /dkim=pass header\.d=client\.example header\.s=s1 header\.a=rsa-sha256/,
        );
        assert.match(results, /dmarc=pass header\.from=client\.example/);
      }
    });
  });
});
