// From a refusal that a client saw to the reason: the id in its reply, looked up while the server
// runs and when it does not, and the same question asked beforehand.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { z } from "zod";
import { addAccounts } from "../support/mailbox.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../support/server.ts";
import { openSession, type SmtpClient } from "../support/smtp-client.ts";

const friend = "127.0.0.2";
const stranger = "127.0.0.3";

const configuration = (networks: readonly string[] = [`${friend}/32`], more: object = {}) => ({
  relay: { networks },
  domains: { "example.org": { deliver: "mailboxes" }, "example.net": { "relay-to": "192.0.2.1" } },
  ...more,
});

async function ask(client: SmtpClient, recipient: string): Promise<string> {
  return client.command(`RCPT TO:<${recipient}>`);
}

async function openTransaction(server: { host: string; port: number }, from: string) {
  const client = await openSession(server, from);
  await client.expect("MAIL FROM:<ann@client.example>", "250");
  return client;
}

function withoutId(reply: string): string {
  return reply.replace(/ \(.*\)$/, "");
}

function idIn(reply: string): string {
  return /\((\S+)\)$/.exec(reply)?.[1] ?? assert.fail(`no id: ${reply}`);
}

const whyJson = z.object({
  id: z.string(),
  at: z.number(),
  listener: z.string(),
  hello: z.string(),
  explanation: z.object({
    reply: z.string(),
    decision: z.object({ verdict: z.string(), reason: z.string() }),
    question: z.object({ client: z.string(), sender: z.string(), recipient: z.string() }),
  }),
  today: z.object({ verdict: z.string(), reason: z.string() }).optional(),
});

test("the id of a real refusal leads to its reason", async (t) => {
  const before = Date.now();
  const server = await startBailiwick(t, { configuration: configuration() });
  const client = await openTransaction(server.address, stranger);
  const reply = await ask(client, "v@foreign.example");
  assert.match(reply, /^550 5\.7\.1 /);
  const id = idIn(reply);
  const why = (...words: readonly string[]) => server.run("why", ...words);

  await t.test("at once", async () => {
    const { code, stdout, stderr } = await why(id);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^REFUSED: relaying-denied\n/);
    assert.ok(stdout.includes(`\n  decision    ${id}\n`), stdout);
    assert.match(stdout, /\n {2}time {8}20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ\n {2}listener {4}mx\n/);
    assert.match(stdout, /\n {2}hello {7}client\.example\n {2}client {6}127\.0\.0\.3, /);
    assert.match(stdout, /\n {2}sender {6}<ann@client\.example>\n/);
    assert.match(stdout, /\n {2}recipient {3}<v@foreign\.example>\n/);
    assert.match(stdout, /127\.0\.0\.3 is not in relay\.networks \(127\.0\.0\.2\/32 at/);
    assert.match(stdout, /To have it accepted, one of these:\n/);
    assert.doesNotMatch(stdout, /rules have changed/);
  });

  await t.test("out of the whole reply, in brackets, in capitals, in several words", async () => {
    for (const words of [[reply], [`(${id})`], [id.toUpperCase()], reply.split(" ")]) {
      const { code, stdout, stderr } = await why(...words);
      assert.equal(code, 0, stderr);
      assert.ok(stdout.includes(id));
    }
  });

  await t.test("as JSON, with the reply as the client saw it", async () => {
    const found = whyJson.parse(JSON.parse((await why(id, "--json")).stdout));
    assert.ok(found.at >= before && found.at <= Date.now());
    assert.partialDeepStrictEqual(found, {
      id,
      listener: "mx",
      hello: "client.example",
      explanation: {
        reply,
        decision: { verdict: "refuse", reason: "relaying-denied" },
        question: {
          client: stranger,
          sender: "ann@client.example",
          recipient: "v@foreign.example",
        },
      },
    });
    assert.equal(found.today, undefined);
  });

  await t.test("with the command that asks how it would be now", async () => {
    const { stdout } = await why(id);
    const command = /\n {2}bailiwick (explain .*)\n$/.exec(stdout)?.[1] ?? assert.fail(stdout);
    const { code, stdout: now } = await server.run(...command.split(" "));
    assert.equal(code, 1);
    assert.match(now, /^REFUSED: relaying-denied\n/);
  });

  await t.test("among the last ones of its client", async () => {
    const second = idIn(await ask(client, "nobody@example.org"));
    const { code, stdout } = await why("--client", stranger);
    assert.equal(code, 0);
    const lines = stdout.split("\n").filter((line) => /^20\d\d-/.test(line));
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/).slice(1)),
      [
        [second, "refused: no-such-mailbox", "<ann@client.example>", "<nobody@example.org>"],
        [id, "refused: relaying-denied", "<ann@client.example>", "<v@foreign.example>"],
      ],
    );
  });

  await t.test("after a reload that would have let the client in", async () => {
    await server.configure(configuration([`${friend}/32`, `${stranger}/32`]));
    await server.run("reload");
    const { code, stdout } = await why(id);
    assert.equal(code, 0);
    assert.match(stdout, /^REFUSED: relaying-denied\n/);
    assert.match(stdout, /not in relay\.networks \(127\.0\.0\.2\/32 at/);
    assert.match(stdout, /rules have changed since.*\naccepted: trusted-network \(\S+:\d+\)\.\n/);
    await server.configure(configuration());
    await server.run("reload");
  });

  await t.test("when the server has stopped, and when it runs again", async () => {
    client.destroy();
    assert.equal(await server.stop(), 0);
    const stopped = await why(id);
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.match(stopped.stdout, /^REFUSED: relaying-denied\n/);
    const again = await startBailiwick(t, {
      configuration: configuration(),
      folder: server.folder,
    });
    const found = await again.run("why", id);
    assert.equal(found.stdout, stopped.stdout);
    const other = await openTransaction(again.address, stranger);
    const next = idIn(await ask(other, "v@foreign.example"));
    assert.ok(next > id, `${next} was given out before ${id}`);
    other.destroy();
  });
});

test("a crash loses the decisions of the last second at most", async (t) => {
  const server = await startBailiwick(t, { configuration: configuration() });
  const client = await openTransaction(server.address, stranger);
  const id = idIn(await ask(client, "v@foreign.example"));
  await sleep(1_500); // a busy machine is given half a second more
  await server.kill();
  const { code, stdout, stderr } = await server.run("why", id);
  assert.equal(code, 0, stderr);
  assert.ok(stdout.includes(id));
  client.destroy();
});

test("accepted decisions are kept where the configuration says so", async (t) => {
  const server = await startBailiwick(t, { configuration: configuration() });
  const client = await openTransaction(server.address, friend);
  const list = () => server.run("why", "--client", friend);
  assert.match(await ask(client, "v@foreign.example"), /^250 /);
  const none = await list();
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no decision for 127\.0\.0\.2 is kept: refused ones alone stay for 7d/);
  await server.configure(configuration(undefined, { decisions: { keep: "all" } }));
  await server.run("reload");
  assert.match(await ask(client, "w@foreign.example"), /^250 /);
  const [row = ""] = (await list()).stdout.split("\n").filter((line) => line.startsWith("20"));
  const [, id = "", decision] = row.split(/ {2,}/);
  assert.equal(decision, "accepted: trusted-network");
  const { code, stdout } = await server.run("why", id);
  assert.equal(code, 0);
  assert.match(stdout, /^ACCEPTED, to be relayed: trusted-network\n/);
  client.destroy();
});

test("explain says what a real client is told, whether a server runs or not", async (t) => {
  const server = await startBailiwick(t, { configuration: configuration() });
  await addAccounts(server, "bob@example.org");
  const recipients = [
    "bob@example.org",
    "nobody@example.org",
    "v@example.net",
    "v@foreign.example",
  ];
  const questions = [friend, stranger].flatMap((ip) => recipients.map((to) => ({ ip, to })));
  const told = new Map<string, string>();
  for (const ip of [friend, stranger]) {
    const client = await openTransaction(server.address, ip);
    for (const to of recipients) told.set(`${ip} ${to}`, await ask(client, to));
    client.destroy();
  }
  const compare = async (answerer: "server" | "files") => {
    for (const { ip, to } of questions) {
      const words = ["--ip", ip, "--from", "ann@client.example", "--to", to];
      const { code, stdout, stderr } = await server.run("explain", ...words, "--json");
      const { reply, ...said } = explainJson.parse(JSON.parse(stdout));
      const real = told.get(`${ip} ${to}`) ?? "";
      assert.equal(withoutId(reply), withoutId(real));
      assert.equal(code, real.startsWith("250") ? 0 : 1, stderr);
      assert.equal(said.answerer, answerer);
    }
  };
  await t.test("asked of the server", () => compare("server"));
  await server.stop();
  await t.test("asked of the files", () => compare("files"));
});

const explainJson = z.object({ answerer: z.string(), reply: z.string() });

test("explain", async (t) => {
  const folder = await temporaryFolder(t);
  const yaml = `hostname: mail.example.org
relay: { networks: ["192.0.2.0/24"] }
domains: { example.org: { deliver: mailboxes } }
`;
  await writeFile(join(folder, "bailiwick.yaml"), yaml);
  const explain = (...words: readonly string[]) => runBailiwick(["explain", ...words], { folder });
  const foreign = ["--from", "ann@example.org", "--to", "v@foreign.example"];

  await t.test("takes logins, encryption, roles and the null sender", async () => {
    const submission = ["--ip", "203.0.113.9", "--role", "submission", ...foreign];
    const anonymous = await explain(...submission);
    assert.equal(anonymous.code, 1);
    assert.match(anonymous.stdout, /^REFUSED: authentication-required\n/);
    assert.match(anonymous.stdout, /\nNo server runs: asked the configuration and its store\.\n$/);
    const own = await explain(...submission, "--login", "Ann@Example.org", "--tls", "--helo", "pc");
    assert.equal(own.code, 0, own.stderr);
    assert.match(own.stdout, /^ACCEPTED, to be relayed: authenticated\n\n {2}hello {7}pc\n/);
    assert.match(own.stdout, /encrypted, logged in as ann@example\.org\n/);
    const another = await explain(...submission, "--login", "bob@example.org");
    assert.equal(another.code, 1);
    assert.match(another.stdout, /^REFUSED: sender-not-owned\n/);
    const bounce = await explain(
      "--ip",
      "192.0.2.9",
      "--from",
      "<>",
      "--to",
      "<v@foreign.example>",
    );
    assert.equal(bounce.code, 0, bounce.stderr);
    assert.match(bounce.stdout, /\n {2}sender {6}<>\n/);
    assert.match(bounce.stdout, /\n {2}decided by {2}row 11, \S*bailiwick\.yaml:2\n/);
  });

  await t.test("sees an IPv4 client in its IPv6 clothes", async () => {
    const { code, stdout } = await explain("--ip", "::ffff:192.0.2.9", ...foreign);
    assert.equal(code, 0);
    assert.match(stdout, /\n {2}client {6}192\.0\.2\.9, /);
  });

  await t.test("drops a source route as a server does", async () => {
    const to = ["--to", "<@example.org:v@foreign.example>"];
    const { code, stdout } = await explain("--ip", "203.0.113.9", "--from", "<>", ...to);
    assert.equal(code, 1);
    assert.match(stdout, /\n {2}recipient {3}<v@foreign\.example>\n/);
  });

  await t.test("says what is wrong with a question", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--ip <address>' not specified/],
      [["--ip", "1.2.3", ...foreign], /such as 192\.0\.2\.9/],
      [["--ip", "fe80::1%eth0", ...foreign], /such as 192\.0\.2\.9/],
      [["--ip", "", ...foreign], /such as 192\.0\.2\.9/],
      [["--ip", "192.0.2.9", "--to", "v@foreign.example"], /--from <address>' not specified/],
      [["--ip", "192.0.2.9", "--from", "ann", "--to", "v@x.example"], /alice@example\.org, or <>/],
      [["--ip", "192.0.2.9", "--from", "<>", "--to", "<>"], /such as alice@example\.org/],
      [["--ip", "192.0.2.9", "--from", "<>", "--to", "a@b.example SIZE=1"], /such as alice@/],
      [["--ip", "192.0.2.9", ...foreign, "--role", "pop3"], /mx, submission/],
      [["--ip", "192.0.2.9", ...foreign, "--login", "ann"], /such as alice@example\.org/],
    ];
    const asked = wrong.map(async ([words, said]) => {
      const { code, stdout, stderr } = await explain(...words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
      assert.equal(stdout, "");
    });
    await Promise.all(asked);
  });

  await t.test("and why: what is wrong with an id", async () => {
    const wrong: readonly (readonly [readonly string[], 1 | 2, RegExp])[] = [
      [
        ["0fk3v9d2m4a.1"],
        1,
        /^bailiwick: no decision 0fk3v9d2m4a\.1 is kept: .* look into the log/,
      ],
      [["--client", "192.0.2.9"], 1, /^bailiwick: no decision for 192\.0\.2\.9 is kept/],
      [["550 5.7.1 Relaying denied"], 2, /no decision's id in that; .* such as 0fk3v9d2m4a\.1/],
      [["x".repeat(100_000)], 2, /no decision's id/],
      [[], 2, /which decision\? .* --client IP/],
      [["0fk3v9d2m4a.1", "--client", "192.0.2.9"], 2, /not both/],
      [["--client", "mail.example.org"], 2, /such as 192\.0\.2\.9/],
    ];
    for (const [words, expected, said] of wrong) {
      const { code, stdout, stderr } = await runBailiwick(["why", ...words], { folder });
      assert.equal(code, expected, stderr);
      assert.match(stderr, said);
      assert.equal(stdout, "");
    }
  });
});
