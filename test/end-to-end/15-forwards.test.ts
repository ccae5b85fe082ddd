// Forwards and lists, from strangers to hosts outside: in whose name mail is sent on, and how bounces
// find back.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { formatEndpoint } from "../../src/core/config/values/endpoint.ts";
import { test, type TestContext } from "node:test";
import { authenticate } from "mailauth";
import { formatKeyRecord, keyRecordName } from "../../src/core/dkim/key-record.ts";
import { startDns } from "../support/dns.ts";
import { addAccounts, newMail, untilMail } from "../support/mailbox.ts";
import { behindProxy, openSessionFrom } from "../support/proxied.ts";
import { readReport } from "../support/report.ts";
import { startBailiwick, type TestServer } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const content = "From: <stranger@away.example>\r\nSubject: Hello\r\n\r\nHello.\r\n";
const stranger = "stranger@away.example";

interface World {
  readonly server: TestServer;
  readonly sink: Sink;
  /** A command that must succeed. */
  readonly run: (...words: readonly string[]) => Promise<string>;
  /** One recipient; the reply to RCPT, or to the content where that was 250. */
  readonly send: (from: string, to: string, text?: string) => Promise<string>;
}

async function startWorld(t: TestContext): Promise<World> {
  // Nobody is at gone@ wherever it may be.
  const sink = await startSink(t, {
    script: ({ stage, address }) =>
      stage === "recipient" && address.startsWith("gone@") ? "550 5.1.1 nobody" : undefined,
  });
  const server = await startBailiwick(t, {
    configuration: {
      domains: { "example.org": { deliver: "mailboxes" }, "example.net": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
    },
  });
  await addAccounts(server, "alice@example.org", "boss@example.org");
  return {
    server,
    sink,
    async run(...words) {
      const { code, stdout, stderr } = await server.run(...words);
      assert.equal(code, 0, `${words.join(" ")}: ${stderr}`);
      return stdout;
    },
    async send(from, to, text = content) {
      const client = await openSession(server.address);
      const { recipients, content: last } = await client.send({ from, to: [to], content: text });
      client.finish();
      return last ?? recipients[0] ?? "";
    },
  };
}

test("mail is sent on, in a name of ours, and its bounces find back", async (t) => {
  const world = await startWorld(t);
  const { server, sink, run, send } = world;
  await run("forward", "add", "info@example.org", "bob@far.example", "alice@example.org");

  assert.match(await send(stranger, "Info+x@example.org"), /^250 /);
  const { sender, content: sent } = await sink.untilFor("bob@far.example");
  assert.match(sender, /^SRS0=\S{8}=[A-Z2-7]{2}=away\.example=stranger@example\.org$/);
  const text = sent.toString("latin1");
  assert.match(text, /^Delivered-To: Info\+x@example\.org\r\nReceived: from /);
  assert.ok(text.endsWith(content));
  const [kept = ""] = await untilMail(server, "alice@example.org", 1);
  assert.match(kept, /^Return-Path: <stranger@away\.example>\nDelivered-To: alice@example\.org\n/);
  assert.match(kept, /\nDelivered-To: Info\+x@example\.org\n/);

  await t.test("a bounce that comes to it goes to whoever wrote, from nobody", async () => {
    assert.match(await send("", sender, "Subject: Undelivered\r\n\r\n"), /^250 /);
    const back = await sink.untilFor(stranger);
    assert.equal(back.sender, "");
    assert.match(back.content.toString("latin1"), /\r\nSubject: Undelivered\r\n/);
  });

  await t.test("nobody else gets anything through it", async () => {
    assert.match(await send(stranger, sender), /^550 5\.7\.1 .*bounces/);
    const forged = sender.replace("stranger", "victim");
    assert.match(await send("", forged), /^550 5\.7\.1 .*not made here/);
    const explained = await server.run(
      "explain",
      "--ip",
      "192.0.2.7",
      "--from",
      "<>",
      "--to",
      forged,
    );
    assert.equal(explained.code, 1);
    assert.match(explained.stdout, /made like a return path\s+\(SRS\), but not by\s+this server/);
  });

  await t.test("a bounce that we write ourselves goes the same way", async () => {
    await run("forward", "add", "dead@example.org", "gone@far.example");
    const second = "second@away.example";
    await send(second, "dead@example.org");
    const back = await sink.untilFor(second);
    assert.equal(back.sender, "");
    const [recipient] = readReport(back.content.toString("latin1")).recipients;
    assert.match(recipient?.get("final-recipient") ?? "", /gone@far\.example/);
  });

  await t.test("a copy is kept where one is wanted", async () => {
    const before = (await newMail(server, "alice@example.org")).length;
    const hidden = await run("forward", "add", "alice@example.org", "alice@far.example");
    assert.match(hidden, /mailbox of alice@example\.org gets none/);
    await run("forward", "add", "alice@example.org", "--keep");
    await send(stranger, "alice@example.org");
    await sink.untilFor("alice@far.example");
    assert.equal((await untilMail(server, "alice@example.org", before + 1)).length, before + 1);
    await run("forward", "remove", "alice@example.org");
  });

  await t.test("a large message goes on octet by octet", async () => {
    await run("forward", "add", "large@example.org", "large@far.example");
    const lines = Array.from({ length: 60_000 }, () => randomBytes(30).toString("base64"));
    const large = `Subject: large\r\n\r\n${lines.join("\r\n")}\r\n`;
    assert.match(await send(stranger, "large@example.org", large), /^250 /);
    const { content: whole } = await sink.untilFor("large@far.example", 30_000);
    assert.ok(whole.toString("latin1").endsWith(large));
  });

  await waitUntil("nothing is left", async () => (await run("queue", "list", "--json")) === "");
});

test("loops end with one bounce", async (t) => {
  const { server, sink, run, send } = await startWorld(t);
  await run("forward", "add", "round@example.org", "round@far.example");
  await send(stranger, "round@example.org", `Delivered-To: Round@example.org\r\n${content}`);
  const back = await sink.untilFor(stranger);
  const [recipient] = readReport(back.content.toString("latin1")).recipients;
  assert.equal(recipient?.get("status"), "5.4.6");
  assert.equal(sink.heard.length, 1);

  await run("forward", "add", "b@example.org", "alice@example.org");
  await run("forward", "add", "a@example.org", "b@example.org");
  for (const [address, target] of [
    ["b@example.org", "a@example.org"],
    ["b@example.org", "b+x@example.org"],
    ["b@example.org", "b@example.org"],
  ] as const) {
    const { code, stderr } = await server.run("forward", "add", address, target);
    assert.equal(code, 1, `${address} ${target}`);
    assert.match(stderr, /itself/);
  }
  await send(stranger, "a@example.org");
  const [mail = ""] = await untilMail(server, "alice@example.org", 1);
  assert.match(mail, /\nDelivered-To: b@example\.org\nDelivered-To: a@example\.org\n/);
});

test("a list sends to its members, takes mail of theirs, and its owner learns who is gone", async (t) => {
  const { server, sink, run, send } = await startWorld(t);
  const members = join(server.folder, "members");
  await writeFile(members, "# all\nann@far.example\n\nANN@far.example\ngone@far.example\n");
  const list = "team@example.net";
  await run(
    "forward",
    "add",
    list,
    "--from",
    members,
    "--members-only",
    "--owner",
    "boss@example.org",
  );
  assert.match(await send(stranger, list), /^550 5\.7\.2 Only members/);
  assert.match(await send("", list), /^550 5\.7\.2 /);
  assert.match(await send("Ann@far.example", list), /^250 /);
  const { sender, recipients } = await sink.untilFor("ann@far.example");
  assert.equal(sender, "boss@example.org");
  assert.deepEqual(recipients, ["ann@far.example"]);
  const [told = ""] = await untilMail(server, "boss@example.org", 1);
  assert.match(told, /gone@far\.example/);
  const [shown] = JSON.parse(await run("forward", "list", list, "--json"));
  assert.equal(shown.targets.length, 2);
  assert.deepEqual(shown.owner, { local: "boss", domain: "example.org" });
  await run("forward", "remove", list, "gone@far.example");
  const table = await run("forward", "list");
  assert.match(table, /team@example\.net +ann@far\.example +owner boss@example\.org, members only/);
});

test("what cannot be a forward is refused, with what to do", async (t) => {
  const { server, run } = await startWorld(t);
  await run("address", "add", "sales@example.org", "alice@example.org");
  await run("forward", "add", "info@example.org", "bob@far.example");
  for (const [words, problem] of [
    [["add", "x@far.example", "bob@far.example"], /not one of our domains/],
    [["add", "x@example.org", "nobody@example.org"], /no address nobody@example\.org here/],
    [["add", "sales@example.org", "bob@far.example"], /bailiwick address remove/],
    [["add", "x@example.org"], /needs an address/],
    [["add", "x@example.org", "bob@far.example", "--keep"], /no account x@example\.org/],
    [["add", "x@example.org", "bob@far.example", "--owner", "o@far.example"], /no address of ours/],
    [["remove", "info@example.org", "bob@far.example"], /nobody/],
    [["remove", "info@example.org", "x@far.example"], /not sent on to x@far/],
    [["remove", "x@example.org"], /no forward/],
    [["list", "x@example.org"], /no forward/],
  ] as const) {
    const { code, stderr } = await server.run("forward", ...words);
    assert.equal(code, 1, words.join(" "));
    assert.match(stderr, problem);
  }
  for (const [words, problem] of [
    [["account", "add", "info@example.org", "--receive-only"], /bailiwick forward remove/],
    [["address", "add", "info@example.org", "alice@example.org"], /a forward/],
  ] as const) {
    const { stderr } = await server.run(...words);
    assert.match(stderr, problem);
  }
  await run("forward", "add", "team@example.org", "alice@example.org", "bob@far.example");
  const { stdout } = await server.run("account", "remove", "alice@example.org");
  assert.match(stdout, /bailiwick forward remove team@example\.org alice@example\.org\n/);
  assert.doesNotMatch(stdout, /info@example\.org/);
});

test("forwards of a file are added in whatever order, with and without a server", async (t) => {
  const { server, run } = await startWorld(t);
  const file = join(server.folder, "forwards.txt");
  await writeFile(
    file,
    [
      "first@example.org: second@example.org",
      "second@example.org: keep=alice@example.org, bob@far.example",
      "@example.net: first@example.org",
      "wrong@example.org: nobody@example.org",
      "worse: bob@far.example",
    ].join("\n"),
  );
  const { code, stdout, stderr } = await server.run("forward", "import", file);
  assert.equal(code, 1);
  assert.match(stdout, /added: 3/);
  assert.match(stderr, /:4: there is no address nobody.*\n.*:5: it does not begin/);
  await server.stop();
  const forwards = JSON.parse(await run("forward", "list", "--json"));
  assert.deepEqual(
    forwards.map(({ key }: { key: string }) => key),
    ["@example.net", "first@example.org", "second@example.org"],
  );
  await run("forward", "remove", "@example.net");
});

test("what was sent on before a kill is sent once", async (t) => {
  const { server, sink, run, send } = await startWorld(t);
  await run("forward", "add", "info@example.org", "bob@far.example");
  sink.follow(({ stage }) => (stage === "greeting" ? "421 4.3.2 not now" : undefined));
  for (let letter = 0; letter < 5; letter++) {
    assert.match(
      await send(stranger, "info@example.org", `X-Letter: ${letter}\r\n${content}`),
      /^250 /,
    );
  }
  await server.kill();
  sink.follow(() => undefined);
  const again = await startBailiwick(t, {
    folder: server.folder,
    configuration: {
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
    },
  });
  await again.run("queue", "retry", "--all");
  const taken = await sink.until(5);
  const letters = taken.map((each) => /X-Letter: (\d)/.exec(each.content.toString("latin1"))?.[1]);
  assert.deepEqual(new Set(letters), new Set(["0", "1", "2", "3", "4"]));
  assert.equal(sink.messages.length, 5);
  assert.ok(taken.every(({ recipients }) => recipients[0] === "bob@far.example"));
});

test("what is sent on bears a seal that others believe, where the domain has a key", async (t) => {
  const sink = await startSink(t);
  const dns = await startDns({});
  t.after(() => dns.close());
  const server = await startBailiwick(t, {
    configuration: {
      hostname: "mail.example.org",
      listeners: { mx: { role: "mx", ...behindProxy } },
      routes: [{ to: "*", via: sink.name }],
      dns: { servers: [`${dns.endpoint.host}:${dns.endpoint.port}`] },
      authentication: {},
    },
  });
  assert.equal((await server.run("domain", "add", "example.org")).code, 0);
  const { stdout } = await server.run("dkim", "list", "--json");
  const [key] = JSON.parse(stdout);
  for (const algorithm of ["rsa", "ed25519"] as const) {
    const text = formatKeyRecord(algorithm, key.publicKeys[algorithm]);
    dns.set(keyRecordName("example.org", key.name, algorithm), { TXT: [text] });
  }
  assert.equal((await server.run("dkim", "activate", "example.org")).code, 0);
  assert.equal((await server.run("forward", "add", "info@example.org", "bob@far.example")).code, 0);
  const client = await openSessionFrom(server.address, "198.51.100.7");
  await client.send({ from: stranger, to: ["info@example.org"], content });
  client.finish();
  const { content: sent } = await sink.untilFor("bob@far.example");
  const text = sent.toString("latin1");
  assert.match(text, /^Delivered-To: info@example\.org\r\nARC-Seal: i=1;[^:]*cv=none/);
  assert.match(text, /\r\nARC-Authentication-Results: i=1; mail\.example\.org;\r\n\tspf=/);
  const questions = new Resolver();
  questions.setServers([formatEndpoint(dns.endpoint)]);
  const { arc } = await authenticate(sent, {
    disableDmarc: true,
    disableBimi: true,
    resolver: (name) => questions.resolveTxt(name),
  });
  assert.equal(arc === false ? undefined : arc?.status?.result, "pass");
});
